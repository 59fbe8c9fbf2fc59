#pragma once

// One workload with its revisions and pods, kept up to date, and which of its revisions is being judged.
//
// Shared by the two sides of a comparison and by the source of releases. Until the first answers are there,
// everything is unknown and ready() says why; later failures leave what was last known, and problem() says
// so.

#include "core/kube/reflector.hpp"
#include "core/kube/workload.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace davy::collector {

class RolloutWatch {
 public:
  RolloutWatch(boost::asio::any_io_executor executor, std::shared_ptr<kube::KubeClient> client,
               kube::WorkloadRef workload, kube::ReflectorOptions options = {});

  boost::asio::awaitable<Result<void>> ready(net::Deadline deadline);
  std::optional<Error> problem() const;

  const kube::WorkloadRef& ref() const { return ref_; }
  const kube::Workload* workload() const { return workload_ ? &*workload_ : nullptr; }
  std::vector<kube::Revision> revisions() const;  // of the workload, oldest first
  const std::map<std::string, kube::Pod>& pods() const {
    return pods_;
  }  // by UID; only some may be the workload's

  // The template hash of the revision under judgement; empty: none.
  const std::string& judged() const { return judged_; }
  void judge(std::string hash) { judged_ = std::move(hash); }

 private:
  void watch_its_own();

  boost::asio::any_io_executor executor_;
  std::shared_ptr<kube::KubeClient> client_;
  kube::WorkloadRef ref_;
  kube::ReflectorOptions options_;
  std::optional<kube::Workload> workload_;
  std::string selector_;                             // that revisions and pods are asked for by
  std::map<std::string, kube::Revision> revisions_;  // by UID
  std::map<std::string, kube::Pod> pods_;
  std::string judged_;
  // Last, so that they stop before what their handlers write to is gone.
  std::unique_ptr<kube::Reflector> workload_reflector_, revision_reflector_, pod_reflector_;
};

}  // namespace davy::collector
