#include "app/doctor/server_series.hpp"

#include "app/doctor/series_examination.hpp"
#include "collector/promql/prometheus_client.hpp"

namespace davy::app::doctor {
namespace asio = boost::asio;
namespace {

Selector with_side(Selector selector, const SideSpec& side) {
  if (side.where)
    selector.matchers.insert(selector.matchers.end(), side.where->matchers.begin(),
                             side.where->matchers.end());
  return selector;
}

}  // namespace

asio::awaitable<std::vector<Series>> ask_for_names(asio::any_io_executor executor,
                                                   std::shared_ptr<net::Resolver> resolver, SideSpec side,
                                                   ScrapeSpec limits, std::vector<Check> checks,
                                                   std::vector<const Series*> known) {
  std::vector<Series> found;
  collector::PrometheusClient client(executor, resolver, *side.prometheus, limits);
  bool names_asked = false;
  for (const Check& check : checks) {
    for (const Selected& selected : selectors_of(check)) {
      if (!matching(selected.selector, known).empty()) continue;
      const Selector name{selected.selector.metric, {}};
      auto asking = client.ask(to_text(with_side(name, side)), net::Deadline::after(limits.timeout));
      const auto answer = co_await std::move(asking);
      if (!answer) continue;
      for (const auto& series : answer->answer.series) found.push_back({series.name, series.labels});
      if (!answer->answer.series.empty() || names_asked) continue;
      names_asked = true;
      const Selector any{"", {{"__name__", MatchKind::not_equal, ""}}};
      auto naming = client.ask("group by (__name__) (" + to_text(with_side(any, side)) + ")",
                               net::Deadline::after(limits.timeout));
      const auto names = co_await std::move(naming);
      if (!names) continue;
      for (const auto& series : names->answer.series) found.push_back({series.name, series.labels});
    }
  }
  co_return found;
}

}  // namespace davy::app::doctor
