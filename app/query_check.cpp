#include "app/query_check.hpp"

#include "collector/promql/promql_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace davy::app {
namespace asio = boost::asio;

Result<void> check_queries(const config::Policy& policy) {
  if (!policy.canary.prometheus) return {};
  asio::io_context loop;
  collector::PromqlSource source(loop.get_executor(), std::make_shared<net::Resolver>(loop.get_executor()),
                                 std::make_shared<SystemClock>(), policy.scrape, policy.checks, policy.canary,
                                 policy.baseline);
  std::exception_ptr failure;
  Result<void> answer;
  asio::co_spawn(loop, source.check(), [&](std::exception_ptr e, Result<void> said) {
    failure = e;
    if (!e) answer = std::move(said);
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  if (answer) return {};
  return Error(ErrorKind::invalid, answer.error().message(), "policy");
}

}  // namespace davy::app
