// What is recorded comes back bit for bit; what was cut off or damaged costs its segment, is said, and
// nothing else.

#include "collector/recording/recording.hpp"

#include "collector/recording/batch_codec.hpp"
#include "collector/recording/frame.hpp"
#include "collector/recording/recorder.hpp"
#include "collector/recording/verdict_digest.hpp"
#include "tests/support/recorded.hpp"
#include "tests/support/scratch.hpp"

#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <sstream>

namespace davy::collector::recording {
namespace {

using namespace std::chrono_literals;

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same(const std::optional<Error>& a, const std::optional<Error>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->kind() == b->kind() && a->message() == b->message() && a->cause() == b->cause();
}

bool same(const Sample& a, const Sample& b) {
  return same_bits(a.value, b.value) && a.created == b.created && a.series->name == b.series->name &&
         a.series->labels == b.series->labels && a.series->type == b.series->type;
}

void check_same(const TargetReading& a, const TargetReading& b) {
  CHECK(a.target == b.target);
  CHECK(a.url == b.url);
  CHECK(a.labels == b.labels);
  CHECK(a.for_canary == b.for_canary);
  CHECK(a.for_baseline == b.for_baseline);
  CHECK(a.at == b.at);
  CHECK(a.took == b.took);
  CHECK(a.body_bytes == b.body_bytes);
  CHECK(a.sample_count == b.sample_count);
  CHECK(a.duplicate_samples == b.duplicate_samples);
  CHECK(a.timestamped_samples == b.timestamped_samples);
  CHECK(a.process_start_time == b.process_start_time);
  CHECK(a.server_time == b.server_time);
  CHECK(same(a.problem, b.problem));
  REQUIRE(a.samples.size() == b.samples.size());
  for (std::size_t i = 0; i < a.samples.size(); ++i) CHECK(same(a.samples[i], b.samples[i]));
}

void check_same(const Batch& a, const Batch& b) {
  CHECK(a.at == b.at);
  CHECK(a.baseline_replaced == b.baseline_replaced);
  REQUIRE(a.instances.size() == b.instances.size());
  for (std::size_t i = 0; i < a.instances.size(); ++i) {
    CHECK(a.instances[i].target == b.instances[i].target);
    CHECK(a.instances[i].for_canary == b.instances[i].for_canary);
    CHECK(a.instances[i].restarts == b.instances[i].restarts);
    CHECK(a.instances[i].trouble == b.instances[i].trouble);
  }
  REQUIRE(a.problems.size() == b.problems.size());
  for (std::size_t i = 0; i < a.problems.size(); ++i)
    CHECK(same(std::optional(a.problems[i]), std::optional(b.problems[i])));
  CHECK(a.nothing_new == b.nothing_new);
  CHECK(a.as_of == b.as_of);
  REQUIRE(a.queries.size() == b.queries.size());
  for (std::size_t i = 0; i < a.queries.size(); ++i) {
    CHECK(a.queries[i].check == b.queries[i].check);
    CHECK(a.queries[i].for_canary == b.queries[i].for_canary);
    CHECK(a.queries[i].value == b.queries[i].value);
    CHECK(same(a.queries[i].problem, b.queries[i].problem));
  }
  REQUIRE(a.readings.size() == b.readings.size());
  for (std::size_t i = 0; i < a.readings.size(); ++i) check_same(a.readings[i], b.readings[i]);
}

SeriesRef series(std::string name, Labels labels, MetricType type = MetricType::counter) {
  return std::make_shared<const Series>(Series{std::move(name), std::move(labels), type});
}

// Rounds that have everything in them that a round can have.
std::vector<Batch> odd_batches() {
  const double inf = std::numeric_limits<double>::infinity();
  const SeriesRef a = series("a_total", {{"code", "500"}, {"route", "/p\"ay\n"}});
  const SeriesRef b = series("b_bucket", {{"le", "+Inf"}}, MetricType::histogram);
  const SeriesRef c = series("c", {}, MetricType::gauge);
  std::vector<Batch> batches(6);
  Instant at{5h};
  for (Batch& batch : batches) {
    batch.at = at += 5s + 17ns;
    TargetReading reading;
    reading.target = "t1";
    reading.url = "http://t1/metrics";
    reading.for_canary = true;
    reading.at = batch.at + 3ms;
    reading.took = 3ms;
    batch.readings.push_back(reading);
  }
  batches[0].readings[0].samples = {{a, 5, 1.5}, {b, 9007199254740993.0, {}}, {c, -0.0, {}}};
  batches[0].instances = {{"t1", true, 3, "OOMKilled"}, {"t2", false, -1, ""}};
  batches[1].readings[0].samples = {{a, 7, 1.5}, {b, inf, {}}, {c, 0.1, {}}};
  batches[1].readings[0].server_time = 1.7e9;
  batches[2].readings[0].problem = Error(ErrorKind::timed_out, "scrape t1: nothing came", "timeout_headers");
  batches[2].problems = {Error(ErrorKind::not_found, "no such name")};
  batches[3].readings[0].samples = {{c, std::numeric_limits<double>::denorm_min(), {}}, {a, 7, 2.5}};
  batches[3].readings[0].labels = Labels{{"pod", "x"}};
  batches[3].readings[0].for_baseline = true;
  batches[3].readings[0].body_bytes = 123;
  batches[1].queries = {{"queue", true, 12.5, {}}, {"queue", false, 3, {}}};
  batches[2].as_of = batches[2].at - 7s;
  batches[2].queries = {{"queue", true, {}, Error(ErrorKind::not_found, "no data", "no_data")},
                        {"queue", false, 3, Error(ErrorKind::unavailable, "partial", "partial")}};
  batches[4].nothing_new = true;
  batches[4].baseline_replaced = true;
  batches[4].readings.clear();
  batches[5].readings[0].samples = {{c, -3e300, {}}, {a, 6, 2.5}, {series("a_total", {}), 1, {}}};
  batches[5].readings[0].at = batches[5].at - 1h;  // a source may say so
  return batches;
}

std::string written(const std::vector<Batch>& batches, Duration segment = 150s) {
  const test::Scratch scratch;
  RecorderOptions options;
  options.file = (scratch.path() / "r.davyrec").string();
  options.segment = segment;
  options.head.service = "checkout";
  Recorder recorder(options);
  REQUIRE(recorder.open().has_value());
  for (const Batch& batch : batches) recorder.collected(batch, WallTime{});
  std::ifstream file(options.file, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Batch> town_batches(int rounds) {
  test::RecordedTown town;
  std::vector<Batch> batches;
  for (int i = 0; i < rounds; ++i) batches.push_back(town.round());
  return batches;
}

}  // namespace

TEST_CASE("every field of a round comes back bit for bit") {
  const auto batches = odd_batches();
  const auto read = read_recording(written(batches));
  REQUIRE(read.has_value());
  CHECK(read->problems.empty());
  CHECK(read->head.service == "checkout");
  REQUIRE(read->rounds.size() == batches.size());
  for (std::size_t i = 0; i < batches.size(); ++i) check_same(batches[i], read->rounds[i].batch);
}

TEST_CASE("the same series is the same object across rounds and segments") {
  const auto read = read_recording(written(town_batches(10), 3s));
  REQUIRE(read->rounds.size() == 10);
  for (const Round& round : read->rounds)
    CHECK(round.batch.readings[1].samples[0].series == read->rounds[0].batch.readings[1].samples[0].series);
}

TEST_CASE("a recording cut off at any byte gives every round that is whole") {
  const auto batches = town_batches(8);
  const std::string whole = written(batches, 3s);
  std::size_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto read = read_recording(std::string_view(whole).substr(0, size));
    if (!read) {
      CHECK(read.error().kind() == ErrorKind::malformed);
      CHECK(most == 0);
      continue;
    }
    CHECK(read->rounds.size() >= most);
    most = read->rounds.size();
    for (std::size_t i = 0; i < most; ++i) CHECK(read->rounds[i].batch.at == batches[i].at);
  }
  CHECK(most == batches.size());
}

TEST_CASE("a byte that has flipped costs a part of its segment and is said") {
  const auto batches = town_batches(12);
  const std::string whole = written(batches, 4s);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const auto read = read_recording(damaged);
    REQUIRE(read.has_value());
    CHECK_FALSE(read->problems.empty());
    CHECK(read->rounds.size() >= 8);
    CHECK(read->rounds.size() < 12);
    bool gap = false;
    for (const Round& round : read->rounds) {
      const auto which = static_cast<std::size_t>((round.batch.at - batches[0].at) / 1s);
      check_same(batches.at(which), round.batch);
      gap = gap || round.after_gap;
    }
    const bool lost_the_last = read->rounds.back().batch.at < batches.back().at;
    CHECK((gap || lost_the_last));
  }
}

TEST_CASE("bytes that were never a recording are refused with what writes one") {
  for (const std::string& bytes : {std::string(), std::string("version: davy/v1\n"), std::string(1000, '\0'),
                                   std::string(segment_mark)}) {
    const auto read = read_recording(bytes);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message() ==
          "no recording; davy record, davy gate --record and davy guard --record write one");
  }
}

TEST_CASE("a later format is refused by its number") {
  ByteWriter head;
  head.number(9);
  const auto read = read_recording(std::string(segment_mark) + frame(FrameKind::head, head.bytes));
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().kind() == ErrorKind::unsupported);
  CHECK(read.error().message() == "it is of format 9, and this Davy reads up to 1; use a newer one");
}

TEST_CASE("a folder has a file a release with what came before it and no file without one") {
  const test::Scratch scratch;
  RecorderOptions options;
  options.directory = (scratch.path() / "recordings").string();
  options.head.service = "check/out";
  options.files_max = 2;
  Recorder recorder(options);
  REQUIRE(recorder.open().has_value());
  test::RecordedTown town;
  town.interval = 5s;
  for (int i = 0; i < 100; ++i) recorder.collected(town.round(), WallTime{});
  CHECK(std::filesystem::is_empty(options.directory));
  std::filesystem::file_time_type::duration written_at{};
  for (const char* name : {"r1", "r1", "r2"}) {
    OperatorRequest begin;
    begin.kind = OperatorRequest::Kind::start_release;
    begin.release = name;
    recorder.asked(begin, town.now(), WallTime{});
    Verdict verdict;
    verdict.at = town.now();
    recorder.collected(town.round(), WallTime{});
    recorder.judged(verdict);
    recorder.ended(R"({"release":"r"})");
    recorder.collected(town.round(), WallTime{});
    // A file system's clock may be too coarse to tell them apart.
    std::filesystem::last_write_time(recorder.path(), std::filesystem::file_time_type(written_at += 1h));
  }
  const auto name = [&](const char* file) {
    return (std::filesystem::path(options.directory) / file).string();
  };
  CHECK_FALSE(std::filesystem::exists(name("check_out-r1.davyrec")));  // the oldest made room
  const auto second = load_recording(name("check_out-r1.2.davyrec"));
  const auto third = load_recording(name("check_out-r2.davyrec"));
  REQUIRE(second.has_value());
  REQUIRE(third.has_value());
  CHECK(third->rounds.size() > 60);  // five minutes at five seconds
  const Round& last = third->rounds.back();
  REQUIRE(last.requests.size() == 1);
  CHECK(last.requests[0].request.release == "r2");
  CHECK(last.requests[0].at == last.batch.at);
  CHECK(last.judged_at == last.batch.at);
  CHECK(third->reports.size() >= 1);
}

TEST_CASE("a recording stops at its limit and says so once and stays readable") {
  const test::Scratch scratch;
  std::vector<std::string> complaints;
  RecorderOptions options;
  options.file = (scratch.path() / "r").string();
  options.bytes_max = 2000;
  options.complain = [&](const std::string& why) { complaints.push_back(why); };
  Recorder recorder(options);
  REQUIRE(recorder.open().has_value());
  test::RecordedTown town;
  for (int i = 0; i < 500; ++i) recorder.collected(town.round(), WallTime{});
  REQUIRE(complaints.size() == 1);
  CHECK(complaints[0].find("it ends here") != std::string::npos);
  const auto read = load_recording(options.file);
  CHECK(read->problems.empty());
  CHECK(read->rounds.size() > 10);
  CHECK(std::filesystem::file_size(options.file) <= 2000);
}

TEST_CASE("a place that cannot be written to is said before the watch begins") {
  RecorderOptions options;
  options.file = "/nowhere/at/all/r.davyrec";
  const auto opened = Recorder(options).open();
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().message() ==
        "cannot record into /nowhere/at/all/r.davyrec: No such file or directory");
}

TEST_CASE("a digest tells the last bit of a finding") {
  Verdict verdict;
  Finding finding;
  finding.canary.value = 0.1;
  finding.sentence = "errors: canary 10%";
  verdict.findings = {finding};
  const auto before = digest(verdict);
  CHECK(digest(verdict) == before);
  verdict.findings[0].canary.value = std::nextafter(0.1, 1);
  CHECK(digest(verdict) != before);
  verdict.findings[0].canary.value = 0.1;
  verdict.findings[0].since = Instant{3s};
  CHECK(digest(verdict) != before);
}

}  // namespace davy::collector::recording
