#include "config/section.hpp"

#include "config/document.hpp"
#include "config/http_access_section.hpp"
#include "tests/support/section_text.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace davy::config {
namespace {

using namespace std::chrono_literals;
using test::section_of;

std::string problems_of(const Section& section) { return section.problems().to_text(); }

// The problem's first line, without the file's name.
std::string first_message(const Section& section) {
  const std::string text = problems_of(section);
  return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("a section is read key by key") {
  const Section in = section_of(R"(
url: https://deploy.example/rollback
timeout: 1m30s
size: 10MiB
tries: 3
share: 2.5%
fast: true
statuses: [200, 202]
names: [a, 'b c']
labels: {team: payments, tier: '1'}
steps:
  - http: {url: x}
  - exec:
)");
  CHECK(in.url("url") == "https://deploy.example/rollback");
  CHECK(in.duration("timeout") == 90s);
  CHECK(in.bytes("size") == 10U * 1024 * 1024);
  CHECK(in.count("tries") == 3);
  CHECK(in.ratio("share") == doctest::Approx(0.025));
  CHECK(in.boolean("fast") == true);
  CHECK(in.count_list("statuses") == std::vector<std::int64_t>{200, 202});
  CHECK(in.text_list("names") == std::vector<std::string>{"a", "b c"});
  CHECK(in.text_map("labels").at(1).second == "1");
  const std::vector<Tagged> steps = in.tagged("steps");
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].kind == "http");
  CHECK(steps[0].options.path() == "steps[0].http");
  CHECK(steps[0].options.text("url") == "x");
  CHECK(steps[1].options.finish());
  CHECK_FALSE(in.text("absent").has_value());
  CHECK(in.text_list("absent").empty());
  CHECK(steps[0].options.finish());
  CHECK(in.finish());
  CHECK(problems_of(in).empty());
}

TEST_CASE("C02 an unknown key is an error that says which key was meant") {
  const Section in = section_of("scrape:\n  intervall: 5s\n");
  const Section scrape = *in.section("scrape");
  scrape.duration("interval");
  CHECK_FALSE(scrape.finish());
  CHECK(problems_of(in) ==
        "test.yaml:2:3: error: unknown key 'intervall' in scrape; did you mean 'interval'?\n"
        "    2 |   intervall: 5s\n"
        "      |   ^~~~~~~~~\n");
}

TEST_CASE("C03 a duplicate key is an error with both lines") {
  const LoadedYaml loaded = load_yaml("a: 1\nb: 2\na: 3\n", "test.yaml", empty_environment());
  CHECK(loaded.problems->to_text() ==
        "test.yaml:3:1: error: duplicate key 'a'; it is first given on line 1, remove one of the two\n"
        "    3 | a: 3\n"
        "      | ^\n");
}

TEST_CASE("C07 a variable that is not set is reported at its place") {
  const LoadedYaml loaded = load_yaml("url: http://${HOST}/\n", "test.yaml", empty_environment());
  CHECK(loaded.problems->to_text() ==
        "test.yaml:1:6: error: the environment variable HOST is not set; set it, or give a default: "
        "${HOST:-default}\n"
        "    1 | url: http://${HOST}/\n"
        "      |      ^~~~~~~~~~~~~~~\n");
  // And once only: the empty text that is left behind is no second problem.
  CHECK_FALSE(loaded.root->text("url").has_value());
  CHECK(loaded.problems->error_count() == 1);
}

TEST_CASE("a value of the wrong kind is asked back") {
  const auto message = [](const std::string& yaml, auto read) {
    const Section in = section_of(yaml);
    read(in);
    return first_message(in);
  };
  const auto boolean = [](const Section& in) { in.boolean("k"); };
  const auto ratio = [](const Section& in) { in.ratio("k"); };
  const auto duration = [](const Section& in) { in.duration("k"); };
  const auto count = [](const Section& in) { in.count("k", 1, 50); };
  const auto text = [](const Section& in) { in.text("k"); };
  const auto url = [](const Section& in) { in.url("k"); };
  CHECK(message("k: yes", boolean) == "test.yaml:1:4: error: k: 'yes' is neither true nor false; write true");
  CHECK(message("k: 0.1", ratio) == "test.yaml:1:4: error: k: '0.1' has no unit; did you mean 0.1% or 10%?");
  CHECK(message("k: 30", duration) == "test.yaml:1:4: error: k: '30' has no unit; write 30s, 30ms or 30m");
  CHECK(message("k: 1.5h", duration) ==
        "test.yaml:1:4: error: k: '1.5h' is not a duration; write whole numbers, like 1m30s or 500ms");
  CHECK(message("k: 0", count) == "test.yaml:1:4: error: k: '0' is too small; write at least 1");
  CHECK(message("k: 51", count) == "test.yaml:1:4: error: k: '51' is too large; write at most 50");
  CHECK(message("k: 5s", count) ==
        "test.yaml:1:4: error: k: '5s' is not a whole number; write plain digits, like 10");
  CHECK(message("k:", text) == "test.yaml:1:1: error: k has no value; give it one, or remove the key");
  CHECK(message("k: [a]", text) == "test.yaml:1:1: error: k: expected a plain value, found a list");
  CHECK(message("k: {server=~\"canary.*\"}", text) ==
        "test.yaml:1:1: error: k: a selector that begins with { is read as a mapping; quote it: k: '{...}'");
  CHECK(message("k: ftp://x/", url) ==
        "test.yaml:1:4: error: k: 'ftp://' is not supported; write an http:// or https:// URL");
  CHECK(message("k: http://u:p@x/", url).find("must not carry a user name") != std::string::npos);
}

TEST_CASE("a word is one of those known or the nearest is offered") {
  const Section in = section_of("mode: observ\ndo: explode");
  using Word = std::pair<std::string_view, int>;
  CHECK_FALSE(in.choice<int>("mode", {Word{"enforce", 1}, Word{"observe", 2}}).has_value());
  CHECK_FALSE(in.choice<int>("do", {Word{"hold", 1}, Word{"pass", 2}}).has_value());
  const std::string text = problems_of(in);
  CHECK(text.find("did you mean observe?") != std::string::npos);
  CHECK(text.find("write one of hold, pass") != std::string::npos);
}

TEST_CASE("secrets are refused inline and never shown") {
  const Section in =
      section_of("basic_auth: {username: davy, password: hunter2}\nbearer_token: tok3n\nx: 1\n");
  read_http_access(in);
  in.finish();
  const std::string text = problems_of(in);
  CHECK(text.find("password must not stand in a policy; put it into a file or a variable and name that: "
                  "password_file or password_env") != std::string::npos);
  CHECK(text.find("bearer_token must not stand in a policy") != std::string::npos);
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("tok3n") == std::string::npos);
  CHECK(masked("url: http://davy:hunter2@host/ # x") == "url: http://<redacted>@host/ # x");
  CHECK(masked("  password_file: /secrets/p") == "  password_file: /secrets/p");
  CHECK(masked("  \"slack_token\" : abc") == "  \"slack_token\" : <redacted>");
}

TEST_CASE("a section outlives the load and its late problems join the others") {
  std::optional<Section> kept;
  std::shared_ptr<Problems> problems;
  {
    LoadedYaml loaded =
        load_yaml("rollback:\n  - http: {url: https://x/, tries: 0}\n", "p.yaml", empty_environment());
    problems = loaded.problems;
    kept = loaded.root->tagged("rollback").at(0).options;
  }
  kept->url("url");
  kept->problem("tries", "tries: at least one", "write 1");
  CHECK_FALSE(kept->finish());
  CHECK(problems->to_text() ==
        "p.yaml:2:29: error: unknown key 'tries' in rollback[0].http; known here: url\n"
        "    2 |   - http: {url: https://x/, tries: 0}\n"
        "      |                             ^~~~~\n"
        "p.yaml:2:36: error: tries: at least one; write 1\n"
        "    2 |   - http: {url: https://x/, tries: 0}\n"
        "      |                                    ^\n");
}

TEST_CASE("a path below a section is found or reported at its nearest parent") {
  const Section in = section_of("checks:\n  - name: a\n    max: 5%\n");
  in.problem("checks[0].max", "first");
  in.problem("checks[0].severity", "second");
  in.problem("checks[7].max", "third");
  CHECK(problems_of(in).find("test.yaml:3:10: error: first") != std::string::npos);
  CHECK(problems_of(in).find("test.yaml:2:5: error: second") != std::string::npos);
  CHECK(problems_of(in).find("test.yaml:1:1: error: third") != std::string::npos);
}

TEST_CASE("equal meaning gives an equal digest") {
  const std::string digest = section_of("a: 1\nb: [x, y]\n").digest();
  CHECK(digest.size() == 16);
  CHECK(section_of("# comment\nb: ['x', \"y\"]\na: ${A}\n", test::environment_of({{"A", "1"}})).digest() ==
        digest);
  CHECK(section_of("a: 1\nb: [y, x]\n").digest() != digest);
  CHECK(section_of("a: 1\nb: [x, y]\nc:\n").digest() != digest);
}

TEST_CASE("any text at all is read or refused and never crashes") {
  CHECK(rc::check([](const std::string& text) {
    const LoadedYaml loaded = load_yaml(text, "any.yaml", empty_environment());
    RC_ASSERT(loaded.root.has_value() || loaded.problems->has_errors());
    RC_ASSERT(loaded.problems->to_text().size() < 1'000'000);
  }));
}

TEST_CASE("any shuffle of YAML's own characters is read or refused and never crashes") {
  const auto pieces = rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", ": ", "\n", "  ", "- ", "{", "}", "[", "]", ",", "&x ", "*x", "'", "\"", "# ", "|", ">", "? ",
      "!t ", "---\n", "...\n", "%", "@", "${V}", "<<", "\t", "~", "\xC3\xA9", "\xFF"));
  CHECK(rc::check([&] {
    std::string text;
    for (const std::string& piece : *pieces) text += piece;
    const LoadedYaml loaded = load_yaml(text, "any.yaml", empty_environment());
    RC_ASSERT(loaded.root.has_value() || loaded.problems->has_errors());
    loaded.problems->to_text();
    if (loaded.root) loaded.root->finish();
  }));
}

}  // namespace davy::config
