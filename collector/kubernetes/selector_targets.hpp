#pragma once

// The pods that match a label selector, whoever owns them.

#include "collector/discovery/discovery.hpp"
#include "core/kube/reflector.hpp"
#include "core/kube/workload.hpp"
#include "core/model/scrape.hpp"

#include <map>

namespace davy::collector {

class SelectorTargets final : public Discovery {
 public:
  SelectorTargets(boost::asio::any_io_executor executor, std::shared_ptr<kube::KubeClient> client, Side side,
                  KubernetesTargets pods, ScrapeSpec spec);

  boost::asio::awaitable<Result<std::vector<Target>>> targets() override;
  std::vector<Error> problems() const override { return problems_; }
  std::vector<InstanceState> instances() const override { return instances_; }

 private:
  Side side_;
  KubernetesTargets pods_;
  ScrapeSpec spec_;
  std::vector<Error> problems_;
  std::vector<InstanceState> instances_;
  std::map<std::string, kube::Pod> found_;  // by UID
  kube::Reflector reflector_;
};

}  // namespace davy::collector
