#include "app/leadership.hpp"

#include "config/environment.hpp"
#include "core/net/into.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <random>
#include <unistd.h>

namespace davy::app {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds call_timeout{3};
constexpr std::chrono::seconds between_tries{1};

}  // namespace

std::string lease_name(const std::string& service) {
  std::string name = "davy-";
  for (const char c : service) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool allowed = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '.';
    name += allowed ? lower : '-';
  }
  while (name.ends_with('-') || name.ends_with('.')) name.pop_back();
  return name.substr(0, 63);
}

std::string own_identity() {
  std::string name = config::process_environment()("POD_NAME").value_or("");
  boost::system::error_code ec;
  if (name.empty()) name = asio::ip::host_name(ec) + "-" + std::to_string(getpid());
  std::random_device random;
  return fmt::format("{}_{:08x}{:08x}", name, random(), random());
}

Leadership::Leadership(asio::any_io_executor executor, std::shared_ptr<kube::KubeClient> client,
                       const std::string& service, std::string name_space, const std::string& identity,
                       Tell tell)
    : executor_(executor),
      election_(executor, client, std::make_shared<SystemClock>(),
                {name_space.empty() ? client->access().name_space : name_space, lease_name(service), service,
                 identity},
                [tell](const std::string& sentence) { tell(sentence, false); }),
      store_(client, name_space.empty() ? client->access().name_space : name_space, lease_name(service),
             service),
      tell_(std::move(tell)) {}

void Leadership::stop() {
  stopped_ = true;
  election_.stop();
}

// Without what the last leader knew nothing may be begun: it may have acted already.
asio::awaitable<std::unique_ptr<journal::Journal>> Leadership::acquire() {
  while (!stopped_) {
    if (!co_await election_.acquire()) break;
    auto fresh = std::make_unique<journal::MemoryJournal>();
    const auto content = co_await store_.load(net::Deadline::after(call_timeout));
    if (content && !content->empty()) {
      if (const auto read = fresh->unpack(*content); !read)
        tell_(read.error().message() + "; beginning without it", true);
    }
    if (content) {
      journal_ = fresh.get();
      saved_ = fresh->newest();
      co_return fresh;
    }
    tell_("cannot read what the last leader knew: " + content.error().message(), true);
    co_await election_.give_up();
    asio::steady_timer pause(executor_, between_tries);
    boost::system::error_code ignored;
    co_await pause.async_wait(net::into(ignored));
  }
  co_return nullptr;
}

asio::awaitable<void> Leadership::save() {
  if (journal_ == nullptr || journal_->newest() == saved_ || !may_act()) co_return;
  const std::int64_t newest = journal_->newest();
  auto saved = co_await store_.save(journal_->pack(), net::Deadline::after(call_timeout));
  if (!saved && saved.error().kind() == ErrorKind::conflict && may_act()) {
    // A write of ours whose answer was lost, or a late one of whoever led before: the lease says whose turn
    // it is.
    const auto seen = co_await store_.load(net::Deadline::after(call_timeout));
    if (seen && may_act()) saved = co_await store_.save(journal_->pack(), net::Deadline::after(call_timeout));
  }
  const std::string complaint =
      saved ? "" : "the checkpoint could not be written: " + saved.error().message();
  if (!complaint.empty() && complaint != complaint_) tell_(complaint, true);
  complaint_ = complaint;
  if (saved) saved_ = newest;
}

}  // namespace davy::app
