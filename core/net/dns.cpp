#include "core/net/dns.hpp"

#include "core/base/text.hpp"
#include "core/net/into.hpp"

#include <algorithm>
#include <ares.h>
#include <arpa/nameser.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <map>
#include <netdb.h>
#include <stdexcept>

namespace davy::net {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

struct AresLibrary {
  AresLibrary() { ares_library_init(ARES_LIB_INIT_ALL); }
  ~AresLibrary() { ares_library_cleanup(); }
};

Error dns_error(const std::string& name, int status) {
  const ErrorKind kind = status == ARES_ENOTFOUND || status == ARES_ENODATA ? ErrorKind::not_found
                         : status == ARES_ETIMEOUT                          ? ErrorKind::timed_out
                                                                            : ErrorKind::unreachable;
  const char* cause = kind == ErrorKind::not_found   ? "nxdomain"
                      : kind == ErrorKind::timed_out ? "timeout_resolve"
                                                     : "dns";
  return Error(kind, fmt::format("resolve {}: {}", printable(name), ares_strerror(status)), cause);
}

// A lookup in flight. c-ares writes the answer, whoever waits is woken through the timer. Shared, because the
// waiter may give up first.
template <class Answer>
struct Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : wake(executor) {}
  asio::steady_timer wake;
  bool done = false;
  int status = ARES_SUCCESS;
  Answer answer{};

  void finish(int how) {
    status = how;
    done = true;
    wake.cancel();
  }
};

template <class Answer>
using LookupRef = std::shared_ptr<Lookup<Answer>>;

}  // namespace

// One c-ares channel, its sockets watched by Asio.
struct Resolver::Channel : std::enable_shared_from_this<Resolver::Channel> {
  struct Watch {
    explicit Watch(const asio::any_io_executor& executor, int fd) : descriptor(executor, fd) {}
    ~Watch() { descriptor.release(); }  // the socket belongs to c-ares
    asio::posix::stream_descriptor descriptor;
    bool want_read = false, want_write = false;
    bool reading = false, writing = false;
  };

  Channel(asio::any_io_executor executor_, const DnsOptions& options)
      : executor(std::move(executor_)), timer(executor) {
    static const AresLibrary library;
    ares_options settings{};
    settings.sock_state_cb = [](void* self, ares_socket_t fd, int read, int write) {
      static_cast<Channel*>(self)->socket_changed(fd, read != 0, write != 0);
    };
    settings.sock_state_cb_data = this;
    settings.timeout = 500;
    settings.tries = 3;
    const int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
    if (ares_init_options(&ares, &settings, mask) != ARES_SUCCESS)
      throw std::runtime_error("c-ares cannot start");
    if (!options.servers.empty()) ares_set_servers_ports_csv(ares, options.servers.c_str());
  }
  ~Channel() {
    closing = true;
    ares_destroy(ares);
  }

  void socket_changed(ares_socket_t fd, bool read, bool write) {
    if (closing || (!read && !write)) {
      watches.erase(fd);
      return;
    }
    auto& watch = watches[fd];
    if (!watch) watch = std::make_shared<Watch>(executor, fd);
    watch->want_read = read;
    watch->want_write = write;
    arm(fd, watch);
  }

  void arm(int fd, const std::shared_ptr<Watch>& watch) {
    if (watch->want_read && !watch->reading) {
      watch->reading = true;
      wait(fd, watch, asio::posix::stream_descriptor::wait_read);
    }
    if (watch->want_write && !watch->writing) {
      watch->writing = true;
      wait(fd, watch, asio::posix::stream_descriptor::wait_write);
    }
  }

  void wait(int fd, const std::shared_ptr<Watch>& watch, asio::posix::stream_descriptor::wait_type type) {
    const bool read = type == asio::posix::stream_descriptor::wait_read;
    const auto ready = [weak = weak_from_this(), fd, read, weak_watch = std::weak_ptr(watch)](error_code ec) {
      const auto self = weak.lock();
      const auto same = weak_watch.lock();
      if (!self || !same) return;
      (read ? same->reading : same->writing) = false;
      if (ec) return;
      ares_process_fd(self->ares, read ? fd : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : fd);
      if (const auto again = self->watches.find(fd); again != self->watches.end() && again->second == same) {
        self->arm(fd, same);
      }
      self->rearm_timer();
    };
    watch->descriptor.async_wait(type, ready);
  }

  // c-ares' own retries and timeouts are driven from here.
  void rearm_timer() {
    timeval most{1, 0};
    timeval next{};
    if (!ares_timeout(ares, &most, &next) || watches.empty()) return;
    timer.expires_after(std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec));
    timer.async_wait([weak = weak_from_this()](error_code ec) {
      const auto self = weak.lock();
      if (ec || !self) return;
      ares_process_fd(self->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      self->rearm_timer();
    });
  }

  template <class Answer>
  asio::awaitable<void> wait_for(LookupRef<Answer> lookup, Deadline deadline) {
    rearm_timer();
    lookup->wake.expires_at(deadline.at());
    error_code ec;
    if (!lookup->done) co_await lookup->wake.async_wait(into(ec));
    if (!lookup->done) lookup->status = ARES_ETIMEOUT;
  }

  asio::any_io_executor executor;
  asio::steady_timer timer;
  ares_channel ares = nullptr;
  std::map<int, std::shared_ptr<Watch>> watches;
  bool closing = false;
};

Resolver::Resolver(asio::any_io_executor executor, DnsOptions options)
    : channel_(std::make_shared<Channel>(std::move(executor), options)), options_(std::move(options)) {}

Resolver::~Resolver() = default;

asio::awaitable<Result<std::vector<asio::ip::address>>> Resolver::addresses(std::string host,
                                                                            Deadline deadline) {
  using Addresses = std::vector<asio::ip::address>;
  error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return Addresses{literal};
  if (equal_ignoring_case(host, "localhost")) {
    co_return Addresses{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
  }
  const auto lookup = std::make_shared<Lookup<Addresses>>(channel_->executor);
  const auto answered = [](void* raw, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<LookupRef<Addresses>> ref(static_cast<LookupRef<Addresses>*>(raw));
    for (auto* node = status == ARES_SUCCESS ? found->nodes : nullptr; node != nullptr;
         node = node->ai_next) {
      if (node->ai_family == AF_INET) {
        const auto* in = reinterpret_cast<const sockaddr_in*>(node->ai_addr);
        (*ref)->answer.emplace_back(asio::ip::address_v4(ntohl(in->sin_addr.s_addr)));
      } else if (node->ai_family == AF_INET6) {
        const auto* in = reinterpret_cast<const sockaddr_in6*>(node->ai_addr);
        asio::ip::address_v6::bytes_type bytes;
        std::copy(std::begin(in->sin6_addr.s6_addr), std::end(in->sin6_addr.s6_addr), bytes.begin());
        (*ref)->answer.emplace_back(asio::ip::address_v6(bytes));
      }
    }
    if (found != nullptr) ares_freeaddrinfo(found);
    (*ref)->finish(status);
  };
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel_->ares, host.c_str(), nullptr, &hints, answered, new LookupRef<Addresses>(lookup));
  co_await channel_->wait_for(lookup, deadline);
  if (lookup->status != ARES_SUCCESS) co_return dns_error(host, lookup->status);
  Addresses& found = lookup->answer;
  if (found.size() > options_.answers_max) found.resize(options_.answers_max);
  if (found.empty()) co_return dns_error(host, ARES_ENODATA);
  co_return std::move(found);
}

asio::awaitable<Result<std::vector<SrvRecord>>> Resolver::services(std::string name, Deadline deadline) {
  using Records = std::vector<SrvRecord>;
  const auto lookup = std::make_shared<Lookup<Records>>(channel_->executor);
  const auto answered = [](void* raw, int status, int, unsigned char* bytes, int length) {
    const std::unique_ptr<LookupRef<Records>> ref(static_cast<LookupRef<Records>*>(raw));
    ares_srv_reply* first = nullptr;
    if (status == ARES_SUCCESS) status = ares_parse_srv_reply(bytes, length, &first);
    for (auto* record = first; record != nullptr; record = record->next) {
      (*ref)->answer.push_back({record->host, record->port, record->priority, record->weight});
    }
    if (first != nullptr) ares_free_data(first);
    (*ref)->finish(status);
  };
  ares_query(channel_->ares, name.c_str(), ns_c_in, ns_t_srv, answered, new LookupRef<Records>(lookup));
  co_await channel_->wait_for(lookup, deadline);
  if (lookup->status != ARES_SUCCESS) co_return dns_error(name, lookup->status);
  Records& found = lookup->answer;
  if (found.size() > options_.answers_max) found.resize(options_.answers_max);
  co_return std::move(found);
}

}  // namespace davy::net
