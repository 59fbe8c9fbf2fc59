#pragma once

// One service's turn among several Davys: waits for the lease, brings what the last leader knew, and keeps it
// where the next one finds it.
//
// A term is: acquire() gives the journal to go on with; hold() ends when the lease is lost; save() writes
// what is new.

#include "core/journal/memory_journal.hpp"
#include "core/kube/config_map_store.hpp"
#include "core/kube/lease_election.hpp"

#include <functional>
#include <memory>

namespace davy::app {

class Leadership {
 public:
  using Tell = std::function<void(const std::string& sentence, bool is_trouble)>;

  // `name_space` empty: that of the credentials. `identity` must be no other Davy's.
  Leadership(boost::asio::any_io_executor executor, std::shared_ptr<kube::KubeClient> client,
             const std::string& service, std::string name_space, const std::string& identity, Tell tell);

  // Null when stopped before.
  boost::asio::awaitable<std::unique_ptr<journal::Journal>> acquire();
  boost::asio::awaitable<void> hold() { return election_.hold(); }
  boost::asio::awaitable<void> give_up() { return election_.give_up(); }
  void stop();

  bool may_act() const { return election_.may_act(); }
  const std::string& leader() const { return election_.holder(); }

  // A failure is told and the next save tries again: a journal that cannot be copied must not stop a
  // rollback.
  boost::asio::awaitable<void> save();

 private:
  boost::asio::any_io_executor executor_;
  kube::LeaseElection election_;
  kube::ConfigMapStore store_;
  Tell tell_;
  journal::MemoryJournal* journal_ = nullptr;  // of this term; the guard owns it
  std::int64_t saved_ = 0;
  std::string complaint_;
  bool stopped_ = false;
};

// "davy-checkout": what the lease and the ConfigMap of a service are called. Letters that such names may not
// have become dashes.
std::string lease_name(const std::string& service);

// The pod's name, or the host's with the process id, and something that no other start has.
std::string own_identity();

}  // namespace davy::app
