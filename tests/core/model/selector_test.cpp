#include "core/model/selector.hpp"

#include "core/model/labels.hpp"

#include <doctest/doctest.h>

namespace davy {
namespace {

Selector read(std::string_view text) {
  SelectorProblem problem;
  const auto selector = parse_selector(text, problem);
  CAPTURE(problem.message);
  REQUIRE(selector.has_value());
  return *selector;
}

SelectorProblem refuse(std::string_view text) {
  SelectorProblem problem;
  CAPTURE(text);
  CHECK_FALSE(parse_selector(text, problem).has_value());
  return problem;
}

}  // namespace

TEST_CASE("selectors are read as PromQL writes them") {
  const Selector s = read(R"(http_requests_total{code=~"5..", method!="GET",path!~'/a|/b',x=`y\z`,})");
  CHECK(s.metric == "http_requests_total");
  REQUIRE(s.matchers.size() == 4);
  CHECK(s.matchers[0] == LabelMatcher{"code", MatchKind::regex, "5.."});
  CHECK(s.matchers[1] == LabelMatcher{"method", MatchKind::not_equal, "GET"});
  CHECK(s.matchers[2] == LabelMatcher{"path", MatchKind::not_regex, "/a|/b"});
  CHECK(s.matchers[3] == LabelMatcher{"x", MatchKind::equal, "y\\z"});
  CHECK(read(to_text(s)) == s);
}

TEST_CASE("UTF-8 names are quoted inside the braces") {
  const Selector s = read(R"({"http.requests", "status.code"="500"})");
  CHECK(s.metric == "http.requests");
  CHECK(s.matchers[0].label == "status.code");
  CHECK(read(to_text(s)) == s);
  CHECK(read(R"({__name__="up"})").metric == "up");
}

TEST_CASE("what is not a selector is refused with its place") {
  CHECK(refuse("").message.find("empty") != std::string::npos);
  CHECK(refuse("rate(x[5m])").offset == 4);
  CHECK(refuse("x[5m]").message.find("range") != std::string::npos);
  CHECK(refuse("x{a==\"b\"}").message == "write one =, not ==");
  CHECK(refuse("x{a=b}").offset == 4);
  CHECK(refuse("x{a=\"b}").message == "this quote is never closed");
  CHECK(refuse("x{a=\"b\"").message == "this { is never closed");
  CHECK(refuse("x{a=\"b\" c=\"d\"}").message == "expected , or }");
  CHECK(refuse("{}").message == "a selector needs a name or a matcher");
  CHECK(refuse("x{a=~\"\\d\"}").message.find("backslash twice") != std::string::npos);
}

TEST_CASE("label sets do not depend on the order they were written in") {
  CHECK(Labels{{"b", "2"}, {"a", "1"}} == Labels{{"a", "1"}, {"b", "2"}});
  CHECK(to_text(Labels{{"a", "x\"\n"}}) == R"({a="x\"\n"})");
  Labels labels{{"a", "1"}};
  labels.set("a", "2");
  labels.set("0", "z");
  CHECK(labels.get("a") == "2");
  CHECK(labels.size() == 2);
  CHECK_FALSE(labels.get("c").has_value());
}

}  // namespace davy
