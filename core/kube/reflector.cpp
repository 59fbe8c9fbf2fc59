#include "core/kube/reflector.hpp"

#include "core/kube/fields.hpp"
#include "core/net/backoff.hpp"
#include "core/net/into.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace davy::kube {
namespace asio = boost::asio;
namespace {

constexpr std::size_t event_bytes_max = 8UL * 1024 * 1024;
// A watch that ends sooner was not one, even if it ended in order.
constexpr std::chrono::seconds shortest_watch{1};

}  // namespace

struct Reflector::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor executor_, std::shared_ptr<KubeClient> client_, std::string path_,
        std::string query_, ReflectorHandler handler_, ReflectorOptions options_)
      : executor(executor_),
        client(std::move(client_)),
        path(std::move(path_)),
        query(std::move(query_)),
        handler(std::move(handler_)),
        options(options_),
        backoff(options_.first_wait, options_.most_wait, seed(this)),
        pause(executor_) {}

  static std::uint64_t seed(const void* where) {
    return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(where)) ^
           static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  }

  asio::awaitable<void> run();
  asio::awaitable<bool> list();
  asio::awaitable<void> watch_until(Instant relist_at);
  asio::awaitable<bool> read_events(net::HttpStream& stream, net::Deadline deadline);
  bool take(std::string_view line);
  asio::awaitable<void> failed(const Error& error);
  asio::awaitable<void> wait(Duration time);
  void forgive() { backoff = net::Backoff(options.first_wait, options.most_wait, seed(this)); }

  asio::any_io_executor executor;
  std::shared_ptr<KubeClient> client;
  std::string path, query;
  ReflectorHandler handler;
  ReflectorOptions options;
  net::Backoff backoff;
  asio::steady_timer pause;
  asio::cancellation_signal cancel;
  std::string version;
  std::optional<Error> problem;
  bool listed = false;
  bool stopped = false;
  bool list_anew = false;
};

asio::awaitable<void> Reflector::State::run() {
  const auto self = shared_from_this();
  while (!stopped) {
    const bool is_listed = co_await list();
    if (!is_listed || stopped) continue;
    co_await watch_until(std::chrono::steady_clock::now() + options.relist_every);
    // Two servers behind one name may each find the other's versions too old, for as long as they live.
    if (list_anew) co_await wait(backoff.next());
  }
}

asio::awaitable<void> Reflector::State::wait(Duration time) {
  if (stopped) co_return;
  pause.expires_after(time);
  boost::system::error_code ignored;
  co_await pause.async_wait(net::into(ignored));
}

asio::awaitable<void> Reflector::State::failed(const Error& error) {
  problem = error;
  co_await wait(backoff.next(error.retry_after()));
}

asio::awaitable<bool> Reflector::State::list() {
  auto found = co_await client->list(path, query, net::Deadline::after(options.call_timeout));
  if (stopped) co_return false;
  if (!found) {
    co_await failed(found.error());
    co_return false;
  }
  problem.reset();
  version = found->resource_version;
  handler.replaced(found->items);
  listed = true;
  co_return true;
}

asio::awaitable<void> Reflector::State::watch_until(Instant relist_at) {
  list_anew = false;
  while (!stopped && !list_anew && std::chrono::steady_clock::now() < relist_at) {
    const Duration session = relist_at - std::chrono::steady_clock::now();
    auto stream =
        co_await client->watch(path, query, version, session, net::Deadline::after(options.call_timeout));
    if (stopped) co_return;
    if (!stream) {
      const Error error = stream.error();
      list_anew = error.cause() == "expired";
      if (list_anew) co_return;
      co_await failed(error);
      continue;
    }
    problem.reset();
    const Instant began = std::chrono::steady_clock::now();
    const bool in_order = co_await read_events(**stream, net::Deadline(relist_at + options.grace));
    if (stopped || list_anew) co_return;
    const Duration lasted = std::chrono::steady_clock::now() - began;
    if (lasted > options.most_wait) forgive();
    // A server that accepts watches and ends them at once must not be asked in a tight loop.
    if (!in_order || lasted < shortest_watch)
      co_await failed(Error(ErrorKind::unreachable, "WATCH " + path + ": cut off", "watch"));
  }
}

// True when the server ended the watch in order.
asio::awaitable<bool> Reflector::State::read_events(net::HttpStream& stream, net::Deadline deadline) {
  std::string buffer;
  while (!stopped && !list_anew) {
    const auto piece = co_await stream.next(deadline);
    if (stopped) co_return true;
    if (!piece) co_return false;
    if (piece->empty()) co_return true;
    buffer += *piece;
    std::size_t at = 0;
    for (std::size_t end = 0; (end = buffer.find('\n', at)) != std::string::npos; at = end + 1) {
      if (!take(std::string_view(buffer).substr(at, end - at))) list_anew = true;
    }
    buffer.erase(0, at);
    if (buffer.size() > event_bytes_max) list_anew = true;
  }
  co_return true;
}

// False when the copy can no longer be trusted.
bool Reflector::State::take(std::string_view line) {
  if (line.empty()) return true;
  const auto event = read_json(line, "WATCH " + path);
  if (!event) return false;
  const json::object& fields = event->get_object();
  const json::value* object = fields.if_contains("object");
  if (object == nullptr || !object->is_object()) return false;
  const std::string type = text_at(fields, {"type"});
  if (type == "ERROR") return false;  // 410 most likely; whatever it was, a list begins afresh
  const std::string seen = text_at(object->get_object(), {"metadata", "resourceVersion"});
  if (!seen.empty()) version = seen;
  if (type == "ADDED" || type == "MODIFIED") handler.changed(object->get_object());
  if (type == "DELETED") handler.removed(object->get_object());
  forgive();
  return true;
}

Reflector::Reflector(asio::any_io_executor executor, std::shared_ptr<KubeClient> client, std::string path,
                     std::string query, ReflectorHandler handler, ReflectorOptions options)
    : state_(std::make_shared<State>(executor, std::move(client), std::move(path), std::move(query),
                                     std::move(handler), options)) {
  asio::co_spawn(
      executor, state_->run(),
      asio::bind_cancellation_slot(state_->cancel.slot(), [state = state_](std::exception_ptr) {}));
}

Reflector::~Reflector() {
  state_->stopped = true;
  state_->handler = {};
  state_->cancel.emit(asio::cancellation_type::terminal);
}

asio::awaitable<Result<void>> Reflector::synced(net::Deadline deadline) {
  const auto state = state_;
  if (state->listed) co_return Result<void>();
  asio::steady_timer patience(state->executor, deadline.at());
  while (!state->listed && !state->stopped && !deadline.passed()) {
    // Short naps instead of one long wait on a shared timer: several may be waiting, each with its own
    // deadline.
    patience.expires_at(
        deadline.or_sooner(std::chrono::steady_clock::now() + std::chrono::milliseconds(20)).at());
    boost::system::error_code ignored;
    co_await patience.async_wait(net::into(ignored));
  }
  if (state->listed) co_return Result<void>();
  if (state->problem) co_return *state->problem;
  co_return Error(ErrorKind::timed_out, "GET " + state->path + ": no answer yet", "timeout_headers");
}

std::optional<Error> Reflector::problem() const { return state_->problem; }

}  // namespace davy::kube
