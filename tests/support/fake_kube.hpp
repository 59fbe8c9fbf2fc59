#pragma once

// A Kubernetes API that says what a test wants, on loopback, and keeps what it was asked.
//
// A rule answers the calls whose method and target match; the newest rule is asked first, and what no rule
// answers is a 404. Nothing here sleeps: until() runs the loop until something has become true.

#include "core/kube/kube_client.hpp"
#include "tests/support/hostile_server.hpp"
#include "tests/support/run.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::test {

struct KubeCall {
  std::string method, target, head, body;

  bool is(std::string_view wanted_method, std::string_view part) const {
    return method == wanted_method && target.find(part) != std::string::npos;
  }
  bool is_watch() const { return target.find("watch=1") != std::string::npos; }
  bool says(std::string_view text) const { return head.find(text) != std::string::npos; }
  boost::json::value json() const { return boost::json::parse(body); }
};

inline Script said(const std::string& body, const std::string& status = "200 OK",
                   const std::string& more = "") {
  return {http_answer(body, "application/json", status, more)};
}

// What the API server writes when it refuses.
inline Script refused(int status, const std::string& reason, const std::string& message,
                      const std::string& more = "") {
  const boost::json::object body{{"kind", "Status"},   {"apiVersion", "v1"}, {"status", "Failure"},
                                 {"message", message}, {"reason", reason},   {"code", status}};
  return said(boost::json::serialize(body), std::to_string(status) + " " + reason, more);
}

inline Script listed(const std::string& items, const std::string& version, const std::string& next = "") {
  return said(R"({"kind":"List","metadata":{"resourceVersion":")" + version + R"(","continue":")" + next +
              R"("},"items":[)" + items + "]}");
}

inline std::string event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

// A watch's events, a chunk each; ended in order when it is closed.
inline Script events(const std::vector<std::string>& lines, Then then = Then::close) {
  Script script{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                then};
  char size[20];
  for (const std::string& line : lines) {
    std::snprintf(size, sizeof size, "%zx\r\n", line.size());
    script.bytes += size + line + "\r\n";
  }
  if (then == Then::close) script.bytes += "0\r\n\r\n";
  return script;
}

class FakeKube {
 public:
  using Answer = std::function<Script(const KubeCall&)>;

  FakeKube() : server_(loop, [this](const std::string& request) { return answer(request); }) {
    access.server = server_.url("");
    access.name_space = "shop";
  }

  FakeKube& on(const std::string& method, const std::string& part, Answer answer) {
    rules_.insert(rules_.begin(), {method, part, std::move(answer)});
    return *this;
  }
  FakeKube& on(const std::string& method, const std::string& part, const Script& script) {
    return on(method, part, [script](const KubeCall&) { return script; });
  }

  std::vector<KubeCall> seen(std::string_view method, std::string_view part) const {
    std::vector<KubeCall> found;
    for (const KubeCall& call : calls) {
      if (call.is(method, part)) found.push_back(call);
    }
    return found;
  }

  // Made at the first call, with what `access` says by then.
  std::shared_ptr<kube::KubeClient> client() {
    if (!client_)
      client_ = std::make_shared<kube::KubeClient>(
          loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor()), access);
    return client_;
  }

  bool until(const std::function<bool()>& so, std::chrono::milliseconds patience = std::chrono::seconds(5)) {
    const auto give_up = std::chrono::steady_clock::now() + patience;
    loop.restart();
    while (!so() && std::chrono::steady_clock::now() < give_up)
      loop.run_one_for(std::chrono::milliseconds(20));
    return so();
  }

  static net::Deadline soon() { return net::Deadline::after(std::chrono::seconds(3)); }

  boost::asio::io_context loop;
  kube::KubeAccess access;
  std::vector<KubeCall> calls;

 private:
  struct Rule {
    std::string method, part;
    Answer answer;
  };

  Script answer(const std::string& request) {
    KubeCall call;
    const std::size_t end = request.find("\r\n\r\n");
    const std::size_t space = request.find(' ');
    call.head = request.substr(0, end);
    call.body = request.substr(end + 4);
    call.method = request.substr(0, space);
    call.target = request.substr(space + 1, request.find(' ', space + 1) - space - 1);
    calls.push_back(call);
    for (const Rule& rule : rules_) {
      if (call.is(rule.method, rule.part)) return rule.answer(call);
    }
    return refused(404, "NotFound", "there is no " + call.target);
  }

  std::vector<Rule> rules_;
  HostileServer server_;
  std::shared_ptr<kube::KubeClient> client_;
};

}  // namespace davy::test
