// Which revision to go back to, and what the patch tests.

#include "rollback/kubernetes/undo_plan.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace davy::rollback {
namespace {

namespace json = boost::json;
using kube::Revision;
using kube::Workload;

json::object pod_template(int version) { return {{"spec", {{"image", version}}}}; }

Revision revision(int version, std::int64_t number) {
  Revision made;
  made.hash = "h" + std::to_string(version);
  made.number = number;
  made.owner_uid = "u1";
  made.pod_template = pod_template(version);
  return made;
}

struct Story {
  explicit Story(int current) {
    workload.ref = {kube::WorkloadKind::deployment, "shop", "checkout"};
    workload.uid = "u1";
    workload.pod_template = pod_template(current);
    workload.annotations = {{"deployment.kubernetes.io/revision", "9"}};
    judged = {"u1", "h" + std::to_string(current)};
  }
  Result<UndoPlan> plan(const std::string& to = "last_good") const {
    return plan_undo(workload, kube::owned(workload, revisions), judged, to, "r1.rollback.1");
  }
  std::string target(const std::string& to = "last_good") const {
    const auto made = plan(to);
    return made ? made->target_hash : std::string(made.error().cause());
  }

  Workload workload;
  std::vector<Revision> revisions;
  Judged judged;
};

}  // namespace

TEST_CASE("the last good revision wins over the one before") {
  Story story(3);
  story.revisions = {revision(1, 1), revision(2, 2), revision(3, 3)};
  CHECK(story.target() == "h2");
  CHECK(story.target("previous") == "h2");
  story.workload.annotations["davy/good"] = "h1";
  CHECK(story.target() == "h1");
  CHECK(story.target("previous") == "h2");
  CHECK(story.target("1") == "h1");
  CHECK(story.target("7") == "no_history");
}

TEST_CASE("the last good revision is gone so the next good one is taken") {
  Story story(4);
  story.revisions = {revision(1, 1), revision(3, 3), revision(4, 4)};
  story.workload.annotations["davy/good"] = "h2,h1";
  CHECK(story.target() == "h1");
}

TEST_CASE("what was rolled back before is never gone back to") {
  Story story(3);
  story.revisions = {revision(2, 2), revision(1, 3), revision(3, 4)};
  story.workload.annotations["davy/rolled-back"] = "h2";
  CHECK(story.target() == "h1");
  story.revisions = {revision(2, 2), revision(3, 4)};
  CHECK(story.target() == "ping_pong");
  CHECK(story.target("previous") == "ping_pong");
  story.workload.annotations["davy/good"] = "h2";
  CHECK(story.target() == "ping_pong");
}

TEST_CASE("a newer template or another object is left alone") {
  Story story(3);
  story.revisions = {revision(2, 2), revision(3, 3)};
  story.judged.hash = "h2";
  CHECK(story.target() == "superseded");
  story.judged = {"u0", "h3"};
  CHECK(story.target() == "superseded");
  story.judged = {"u1", "h3"};
  story.workload.pod_template = pod_template(4);  // its ReplicaSet has not been made yet
  CHECK(story.target() == "superseded");
  CHECK(story.plan().error().kind() == ErrorKind::conflict);
  story.judged = {};
  CHECK(story.target() == "not_armed");
}

TEST_CASE("without history or paused by others it says so") {
  Story story(3);
  story.revisions = {revision(3, 3)};
  CHECK(story.target() == "no_history");
  story.revisions = {revision(2, 2), revision(3, 3)};
  story.workload.paused = true;
  CHECK(story.target() == "paused");
}

TEST_CASE("the patch tests what was judged before it changes anything") {
  Story story(3);
  story.revisions = {revision(2, 2), revision(3, 3)};
  const auto plan = story.plan();
  REQUIRE(plan.has_value());
  std::vector<std::string> steps;
  for (const json::value& step : plan->patch)
    steps.push_back(std::string(step.at("op").as_string()) + " " + std::string(step.at("path").as_string()));
  CHECK(steps == std::vector<std::string>{
                     "test /metadata/uid", "test /metadata/annotations/deployment.kubernetes.io~1revision",
                     "test /spec/template", "replace /spec/template",
                     "add /metadata/annotations/davy~1decision", "add /metadata/annotations/davy~1restored",
                     "add /metadata/annotations/davy~1rolled-back"});
  CHECK(plan->patch[2].at("value") == pod_template(3));
  CHECK(plan->patch[3].at("value") == pod_template(2));
}

TEST_CASE("our own pause ends with the undo in one patch") {
  Story story(3);
  story.revisions = {revision(2, 2), revision(3, 3)};
  story.workload.paused = true;
  story.workload.annotations["davy/paced"] = "r1";
  const auto plan = story.plan();
  REQUIRE(plan.has_value());
  const std::string patch = json::serialize(plan->patch);
  CHECK(patch.find(R"({"op":"test","path":"/spec/paused","value":true})") != std::string::npos);
  CHECK(patch.find(R"({"op":"replace","path":"/spec/paused","value":false})") != std::string::npos);
  CHECK(patch.find(R"({"op":"remove","path":"/metadata/annotations/davy~1paced"})") != std::string::npos);
}

TEST_CASE("a status that is older than the template does not say what is judged") {
  for (const auto kind : {kube::WorkloadKind::stateful_set, kube::WorkloadKind::rollout}) {
    Story story(2);
    story.workload.ref.kind = kind;
    story.revisions = {revision(1, 1), revision(2, 2)};
    story.workload.current_hash = "h2";
    story.workload.generation = 2;
    story.workload.observed_generation = 2;
    CHECK(story.target() == "h1");
    // Somebody has deployed a third version, and the controller has not looked yet.
    story.workload.pod_template = pod_template(3);
    story.workload.generation = 3;
    CHECK(story.target() == "behind");
    CHECK(story.plan().error().retryable());
  }
}

}  // namespace davy::rollback
