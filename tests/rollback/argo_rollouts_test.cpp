// Actions on an Argo Rollout against a scripted API server; the real controller has a lane of its own.

#include "rollback/argo_rollouts/argo_rollouts_actuator.hpp"
#include "tests/support/kube_server.hpp"

namespace davy::rollback {
namespace {

using Json = nlohmann::json;

const std::string rollouts = "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts";
const std::string checkout = rollouts + "/checkout";
const std::string abort_it = "rollout: shop/checkout";
const std::string undo_it = "rollout: shop/checkout\ndo: undo";

Json template_of(const std::string& image) {
  return {{"metadata", {{"labels", {{"app", "checkout"}}}}},
          {"spec", {{"containers", {{{"name", "app"}, {"image", image}}}}}}};
}

// At a step with a quarter of the pods: revision 1 (old1) is stable, revision 2 (new2) is the canary.
class Cluster : public test::KubeServer {
 public:
  Cluster() {
    put(checkout, {{"metadata",
                    {{"name", "checkout"},
                     {"namespace", "shop"},
                     {"uid", "u1"},
                     {"generation", 2},
                     {"annotations", {{"rollout.argoproj.io/revision", "2"}}}}},
                   {"spec",
                    {{"replicas", 4},
                     {"selector", {{"matchLabels", {{"app", "checkout"}}}}},
                     {"template", template_of("app:2")}}},
                   {"status",
                    {{"observedGeneration", "2"},
                     {"currentPodHash", "new2"},
                     {"stableRS", "old1"},
                     {"phase", "Paused"},
                     {"replicas", 4},
                     {"updatedReplicas", 1},
                     {"availableReplicas", 4}}}});
    replica_set("old1", 1, "app:1", 3);
    replica_set("new2", 2, "app:2", 1);
  }

  static std::string path_of(const std::string& hash) {
    return "/apis/apps/v1/namespaces/shop/replicasets/checkout-" + hash;
  }
  void replica_set(const std::string& hash, int number, const std::string& image, int replicas) {
    Json pods = template_of(image);
    pods["metadata"]["labels"]["rollouts-pod-template-hash"] = hash;
    put(path_of(hash), {{"metadata",
                         {{"name", "checkout-" + hash},
                          {"uid", "rs-" + hash},
                          {"labels", {{"app", "checkout"}, {"rollouts-pod-template-hash", hash}}},
                          {"annotations", {{"rollout.argoproj.io/revision", std::to_string(number)}}},
                          {"ownerReferences", {{{"uid", "u1"}, {"controller", true}}}}}},
                        {"spec", {{"replicas", replicas}, {"template", pods}}},
                        {"status", {{"replicas", replicas}, {"readyReplicas", replicas}}}});
  }
  // What the controller does when it has seen the newest spec.
  void controller_takes(const std::string& hash) {
    change(checkout, "/status/observedGeneration",
           std::to_string(at(checkout, "/metadata/generation").get<int>()));
    change(checkout, "/status/currentPodHash", hash);
  }
  void promoted() {
    change(checkout, "/status/stableRS", "new2");
    change(checkout, "/status/phase", "Healthy");
    change(checkout, "/status/updatedReplicas", 4);
    change(path_of("new2"), "/status/replicas", 4);
    change(path_of("old1"), "/status/replicas", 0);
  }
  std::unique_ptr<Actuator> made(const std::string& options = abort_it) {
    auto actuator = KubeServer::actuator(make_argo_rollouts_actuator, options);
    REQUIRE(actuator != nullptr);
    return actuator;
  }
};

std::string problems_of(const std::string& options) {
  const auto yaml = config::load_yaml(options, "o.yaml", config::empty_environment());
  boost::asio::io_context loop;
  CHECK(make_argo_rollouts_actuator(*yaml.root, {loop.get_executor(), nullptr, {}}) == nullptr);
  return yaml.problems->to_text();
}

}  // namespace

TEST_CASE("an abort sets one field of the status and names the version that was looked at") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  CHECK(cluster.ready);
  CHECK(cluster.warnings.empty());
  CHECK(cluster.patches().empty());  // arming changes nothing
  const auto outcome = cluster.apply(*actuator, action);
  REQUIRE(outcome.has_value());
  CHECK_FALSE(outcome->already_done);
  CHECK(outcome->answer == "rollout shop/checkout: aborted at revision new2, back to old1");
  REQUIRE(cluster.patches().size() == 1);
  CHECK(cluster.patches()[0].path == checkout + "/status");
  CHECK(cluster.patches()[0].body.find("resourceVersion") != std::string::npos);
  CHECK(cluster.at(checkout, "/status/abort") == true);
}

TEST_CASE("an abort that was made before is not made again") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/status/abort", true);
  CHECK(cluster.apply(*actuator, action)->already_done);
  CHECK(cluster.patches().empty());
}

TEST_CASE("an abort goes to the main resource where the status has no place of its own") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.unknown_places.insert(checkout + "/status");
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.patches().back().path == checkout);
  CHECK(cluster.at(checkout, "/status/abort") == true);
}

TEST_CASE("another writer of the status makes an abort look again") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.before_patch = [&] { cluster.change(checkout, "/status/availableReplicas", 3); };
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.patches().size() == 2);
  CHECK(cluster.at(checkout, "/status/abort") == true);
}

TEST_CASE("a deploy that gets in between is left alone") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.before_patch = [&] {
    cluster.replica_set("new3", 3, "app:3", 1);
    cluster.change(checkout, "/spec/template", template_of("app:3"));
    cluster.change(checkout, "/metadata/generation", 3);
    cluster.controller_takes("new3");
  };
  const auto outcome = cluster.apply(*actuator, action);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind() == ErrorKind::conflict);
  CHECK(outcome.error().cause() == "superseded");
  CHECK(cluster.at(checkout, "/status/abort").is_null());
}

TEST_CASE(
    "a template that the controller has not looked at yet is waited for and not taken for the judged one") {
  for (const std::string& options : {abort_it, undo_it}) {
    Cluster cluster;
    const auto actuator = cluster.made(options);
    const Action action = cluster.armed(*actuator);
    cluster.change(checkout, "/spec/template", template_of("app:3"));
    cluster.change(checkout, "/metadata/generation", 3);
    const std::size_t before = cluster.patches().size();
    const auto outcome = cluster.apply(*actuator, action);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().retryable());
    CHECK(outcome.error().cause() == "behind");
    CHECK(cluster.patches().size() == before);
  }
}

TEST_CASE("K23 a promoted rollout cannot be aborted and says what can be done") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.promoted();
  const auto outcome = cluster.apply(*actuator, action);
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind() == ErrorKind::unsupported);
  CHECK(outcome.error().message() ==
        "rollout shop/checkout is fully promoted, and an abort has no effect any more: use do: undo");
}

TEST_CASE("an abort waits for nobody who has paused the rollout by hand") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/spec/paused", true);
  CHECK(cluster.apply(*actuator, action).error().cause() == "paused");
}

TEST_CASE("the canary serves until its pods are gone") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  cluster.change(Cluster::path_of("new2"), "/status/replicas", 0);
  const auto state = cluster.observe(*actuator, action);
  CHECK(state->canary_serving == false);
  CHECK(state->undone_by.empty());
  CHECK(state->summary ==
        "rollout shop/checkout: Paused (aborted), 4 of 4 pods available, revision new2 with old1 stable");
  cluster.change(checkout, "/status/abort", false);
  CHECK(cluster.observe(*actuator, action)->undone_by == "somebody's retry");
}

TEST_CASE("where a rollout routes traffic its weight counts and not its pods") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/status/abort", true);
  cluster.change(checkout, "/status/canary", {{"weights", {{"canary", {{"weight", 25}}}}}});
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  cluster.change(checkout, "/status/canary/weights/canary/weight", 0);
  CHECK(cluster.observe(*actuator, action)->canary_serving == false);
}

TEST_CASE("a blue-green rollout serves what its active service selects") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/status/abort", true);
  cluster.change(checkout, "/status/blueGreen", {{"activeSelector", "new2"}});
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  cluster.change(checkout, "/status/blueGreen/activeSelector", "old1");
  CHECK(cluster.observe(*actuator, action)->canary_serving == false);
}

TEST_CASE("an undo in the middle of the steps brings the stable template back by one tested patch") {
  Cluster cluster;
  const auto actuator = cluster.made(undo_it);
  const Action action = cluster.armed(*actuator);
  CHECK(cluster.at(checkout, "/metadata/annotations/davy~1judging") == "new2");
  CHECK(cluster.at(checkout, "/metadata/annotations/davy~1good") == "old1");
  const auto outcome = cluster.apply(*actuator, action);
  REQUIRE(outcome.has_value());
  CHECK(outcome->answer.find("back to 1 (old1), the last that was good") != std::string::npos);
  CHECK(cluster.at(checkout, "/spec/template") == template_of("app:1"));
  CHECK(cluster.at(checkout, "/status/promoteFull").is_null());  // back to stable needs no steps
  CHECK(cluster.at(checkout, "/metadata/annotations/davy~1decision") == action.id);
  CHECK(cluster.at(checkout, "/metadata/annotations/davy~1rolled-back") == "new2");
  cluster.controller_takes("old1");
  CHECK(cluster.apply(*actuator, action)->already_done);
}

TEST_CASE("an undo of a promoted rollout goes on without its steps") {
  Cluster cluster;
  const auto actuator = cluster.made(undo_it);
  const Action action = cluster.armed(*actuator);
  cluster.promoted();
  // The template is back, and the controller has to see it before the rest can be asked for.
  const auto waiting = cluster.apply(*actuator, action);
  REQUIRE_FALSE(waiting.has_value());
  CHECK(waiting.error().cause() == "behind");
  CHECK(cluster.at(checkout, "/spec/template") == template_of("app:1"));
  cluster.controller_takes("old1");
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(checkout, "/status/promoteFull") == true);
  CHECK(cluster.observe(*actuator, action)->canary_serving == true);
  const std::size_t asked = cluster.patches().size();
  CHECK(cluster.apply(*actuator, action)->already_done);
  CHECK(cluster.patches().size() == asked);
  cluster.change(checkout, "/status/stableRS", "old1");
  cluster.change(Cluster::path_of("new2"), "/status/replicas", 0);
  CHECK(cluster.observe(*actuator, action)->canary_serving == false);
}

TEST_CASE("an undo that was undone is seen and made once more") {
  Cluster cluster;
  const auto actuator = cluster.made(undo_it);
  const Action action = cluster.armed(*actuator);
  REQUIRE(cluster.apply(*actuator, action).has_value());
  cluster.controller_takes("old1");
  cluster.change(checkout, "/spec/template", template_of("app:2"));
  cluster.change(
      checkout, "/metadata/managedFields",
      {{{"manager", "argocd-controller"}, {"time", "2026-01-01T00:00:00Z"}, {"fieldsV1", {{"f:spec", {}}}}}});
  cluster.controller_takes("new2");
  CHECK(cluster.observe(*actuator, action)->undone_by == "Argo CD (argocd-controller)");
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(checkout, "/spec/template") == template_of("app:1"));
}

TEST_CASE("a template that is kept elsewhere has to be undone there") {
  Cluster cluster;
  const auto actuator = cluster.made(undo_it);
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/spec/workloadRef", {{"kind", "Deployment"}, {"name", "checkout-template"}});
  const auto outcome = cluster.apply(*actuator, action);
  CHECK(outcome.error().message() ==
        "rollout shop/checkout has its template from checkout-template: undo that one instead");
}

TEST_CASE("a promotion resumes and then skips the steps that are left") {
  Cluster cluster;
  const auto actuator = cluster.made("rollout: checkout\ndo: promote");
  Action action = cluster.armed(*actuator);
  action.purpose = Purpose::promote;
  cluster.change(checkout, "/spec/paused", true);
  const auto first = cluster.apply(*actuator, action);
  REQUIRE_FALSE(first.has_value());
  CHECK(first.error().cause() == "behind");  // resumed, and the controller has to notice
  CHECK(cluster.at(checkout, "/spec/paused") == false);
  cluster.controller_takes("new2");
  REQUIRE(cluster.apply(*actuator, action).has_value());
  CHECK(cluster.at(checkout, "/status/promoteFull") == true);
}

TEST_CASE("a promotion does not overrule an abort") {
  Cluster cluster;
  const auto actuator = cluster.made("rollout: checkout\ndo: promote");
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/status/abort", true);
  CHECK(cluster.apply(*actuator, action).error().cause() == "aborted");
}

TEST_CASE("a pause and a retry do what they say once") {
  Cluster cluster;
  const auto pause = cluster.made("rollout: checkout\ndo: pause");
  Action action = cluster.armed(*pause);
  REQUIRE(cluster.apply(*pause, action).has_value());
  CHECK(cluster.at(checkout, "/spec/paused") == true);
  CHECK(cluster.at(checkout, "/metadata/annotations/davy~1decision") == action.id);
  cluster.controller_takes("new2");
  CHECK(cluster.apply(*pause, action)->already_done);
  const auto retry = cluster.made("rollout: checkout\ndo: retry");
  CHECK(cluster.apply(*retry, action)->already_done);
  cluster.change(checkout, "/status/abort", true);
  REQUIRE(cluster.apply(*retry, action).has_value());
  CHECK(cluster.at(checkout, "/status/abort") == false);
}

TEST_CASE("K24 a cluster without Argo Rollouts is said so at arming") {
  Cluster cluster;
  cluster.unknown_places.insert("/apis/argoproj.io/");
  const auto actuator = cluster.made();
  cluster.armed(*actuator);
  CHECK_FALSE(cluster.ready);
  REQUIRE(cluster.warnings.size() == 1);
  CHECK(cluster.warnings[0] ==
        "the cluster does not know rollouts.argoproj.io: install it there, or act on something else");
}

TEST_CASE("a missing permission and an owner in Git are said at arming") {
  Cluster cluster;
  cluster.forbidden.insert("rollouts/status");
  cluster.change(checkout, "/metadata/labels", {{"argocd.argoproj.io/instance", "shop"}});
  const auto actuator = cluster.made();
  cluster.armed(*actuator);
  CHECK_FALSE(cluster.ready);
  REQUIRE(cluster.warnings.size() == 2);
  CHECK(cluster.warnings[0] ==
        "not permitted: patch rollouts.argoproj.io/status checkout in shop; grant it to Davy's "
        "service account");
  CHECK(cluster.warnings[1].find("belongs to Argo CD application shop") != std::string::npos);
}

TEST_CASE("a rollout that is gone needs no rollback") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.objects.erase(checkout);
  CHECK(cluster.apply(*actuator, action)->already_done);
  CHECK(cluster.observe(*actuator, action)->canary_serving == false);
}

TEST_CASE("a rollout that was made anew is another one") {
  Cluster cluster;
  const auto actuator = cluster.made();
  const Action action = cluster.armed(*actuator);
  cluster.change(checkout, "/metadata/uid", "u2");
  CHECK(cluster.apply(*actuator, action).error().kind() == ErrorKind::conflict);
}

TEST_CASE("a version that passed is remembered where an undo may need it") {
  Cluster cluster;
  const auto actuator = cluster.made(undo_it);
  const Action action = cluster.armed(*actuator);
  const auto done = test::run(cluster.loop, actuator->stand_down(action, true));
  CHECK(*done == "revision new2 is remembered as good");
  CHECK(cluster.at(checkout, "/metadata/annotations/davy~1good") == "new2,old1");
}

TEST_CASE("options of argo_rollouts that make no sense are refused") {
  CHECK(problems_of("do: abort").find("rollout") != std::string::npos);
  CHECK(problems_of("rollout: a/b/c").find("'a/b/c' is no rollout; write namespace/name") !=
        std::string::npos);
  CHECK(problems_of("rollout: shop/checkout\ndo: abrot").find("abort") != std::string::npos);
  CHECK(problems_of("rollout: shop/checkout\nto: previous").find("only an undo goes to a revision") !=
        std::string::npos);
  CHECK(
      problems_of("rollout: shop/checkout\ndo: undo\nto: best").find("'best' is no revision to go back to") !=
      std::string::npos);
  CHECK(problems_of("rollout: shop/checkout\nweight: 0").find("weight") != std::string::npos);
}

}  // namespace davy::rollback
