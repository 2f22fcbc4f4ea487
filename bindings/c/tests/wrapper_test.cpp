// The C++ wrapper: with exceptions and without, moved, shared, and in the order that a program would use it.
#include <doorward.hpp>

#include <array>
#include <type_traits>

#include "check.h"
#include "fetched.h"
#include "fixture.h"

static_assert(!std::is_copy_constructible<doorward::Engine>::value, "a handle has one owner");
static_assert(!std::is_copy_constructible<doorward::Scratch>::value, "a handle has one owner");
static_assert(std::is_nothrow_move_constructible<doorward::Engine>::value, "moving is free");
static_assert(std::is_nothrow_move_assignable<doorward::Scratch>::value, "moving is free");

static void without_exceptions() {
  doorward::LoadFailure failure;
  auto none = doorward::Engine::try_from_text("reaml = 'orders'", DOORWARD_FORMAT_TOML, std::nullopt, &failure);
  CHECK("a broken policy gives no engine", !none.has_value());
  CHECK("the failure says why", failure.result == DOORWARD_RESULT_POLICY && !failure.faults.empty() && !failure.text.empty());
  CHECK("and where", failure.faults.at(0).line == 1 && failure.faults.at(0).file.empty());
  CHECK("nobody has to listen", !doorward::Engine::try_from_file("no/such.toml").has_value());
  none = doorward::Engine::try_from_text("", 77, std::nullopt, &failure);
  CHECK("another result is told, too", !none && failure.result == DOORWARD_RESULT_BAD_VALUE && failure.faults.empty());

  auto engine = doorward::Engine::try_from_text(fixture_policy, DOORWARD_FORMAT_TOML);
  CHECK("the policy loads", engine.has_value());
  auto scratch = doorward::Scratch::try_new(*engine);
  CHECK("a scratch is made", scratch.has_value());
  std::array<doorward_field, 1> lines = {doorward::field("Authorization", FIXTURE_ALICE)};
  doorward::Request request("GET", "/orders/7");
  request.fields(lines).peer("192.0.2.1");
  doorward::Decision decision;
  CHECK("a new decision lets nobody in", !decision.allowed() && decision.status() == 0);
  CHECK("it is judged", scratch->try_decide(request, fixture_now(), decision) == DOORWARD_RESULT_OK);
  CHECK("alice comes in", decision.allowed() && decision.principal() != nullptr &&
                              doorward::view(decision.principal()->subject) == "alice");
  CHECK("on a route", decision.route() == 1u && decision.path() == "/orders/7" && decision.body().empty());
  auto other = engine->try_share();
  CHECK("a handle is shared", other.has_value() && other->facts().routes == 2);
  doorward::Engine moved = std::move(*engine);
  CHECK("the scratch knows a moved engine", scratch->try_decide(request, fixture_now(), decision) == DOORWARD_RESULT_OK);
  CHECK("an engine that was moved from knows nothing", engine->facts().routes == 0 && engine->raw() == nullptr);
  doorward::Scratch taken = std::move(*scratch);
  CHECK("a scratch that was moved from refuses",
        scratch->try_decide(request, fixture_now(), decision) == DOORWARD_RESULT_NULL_ARGUMENT && !decision.allowed());
}

static std::string fetched() {
  char policy[1024];
  fetched_policy(policy, sizeof policy, 9, "");
  return policy;
}

static void upkeep_without_exceptions() {
  doorward::LoadFailure failure;
  auto engine = doorward::Engine::try_load_text(fetched(), DOORWARD_FORMAT_TOML);
  CHECK("loading starts nothing", engine.has_value() && engine->try_take_events().empty());
  auto scratch = doorward::Scratch::try_new(*engine);
  std::array<doorward_field, 1> lines = {doorward::field("Authorization", FETCHED_ERIN)};
  doorward::Request request("GET", "/orders/7");
  request.fields(lines);
  doorward::Decision decision;
  CHECK("a new decision asks nobody to wait", !decision.retry_after().has_value());
  CHECK("without keys it is 503", scratch->try_decide(request, fixture_now(), decision) == DOORWARD_RESULT_OK &&
                                      decision.status() == 503 && decision.retry_after().value_or(0) >= 1);
  CHECK("keys for nobody", engine->try_supply_keys("crop", FETCHED_KEYS, fixture_now(), &failure) == DOORWARD_RESULT_REFUSED &&
                               failure.text.find("corp") != std::string::npos && failure.faults.size() == 1);
  CHECK("keys", engine->try_supply_keys("corp", FETCHED_KEYS, fixture_now()) == DOORWARD_RESULT_OK);
  CHECK("erin comes in", scratch->try_decide(request, fixture_now(), decision) == DOORWARD_RESULT_OK && decision.allowed() &&
                             !decision.retry_after().has_value());
  CHECK("it is known", engine->try_status(fixture_now(), DOORWARD_STATUS_TEXT).value_or("").find("fresh") != std::string::npos &&
                           !engine->try_status(fixture_now(), 77).has_value() && engine->memory() > 0);
  CHECK("the policy is loaded anew", engine->try_reload() == DOORWARD_RESULT_OK);
  auto events = engine->try_take_events();
  CHECK("which is an event", !events.empty() && events.back().kind == DOORWARD_EVENT_POLICY_RELOADED &&
                                 !events.back().is_fault && !events.back().text.empty());
  CHECK("erin is revoked", engine->try_revoke(doorward::Revocation::subject("corp", "erin")) == DOORWARD_RESULT_OK &&
                               scratch->try_decide(request, fixture_now(), decision) == DOORWARD_RESULT_OK &&
                               decision.reason() == DOORWARD_REASON_TOKEN_REVOKED);
  doorward_time time = fixture_now();
  CHECK("all kinds are taken", engine->try_revoke(doorward::Revocation::token("corp", "t")) == DOORWARD_RESULT_OK &&
                                   engine->try_revoke(doorward::Revocation::subject("corp", "x", time)) == DOORWARD_RESULT_OK &&
                                   engine->try_revoke(doorward::Revocation::issued_before("corp", time)) == DOORWARD_RESULT_OK &&
                                   engine->try_revoke(doorward::Revocation::key("corp", "k")) == DOORWARD_RESULT_OK);
  CHECK("of nobody none is",
        engine->try_revoke(doorward::Revocation::key("crop", "k"), &failure) == DOORWARD_RESULT_REFUSED && !failure.text.empty());
  auto given = doorward::Engine::try_load_text(fixture_policy, DOORWARD_FORMAT_TOML);
  given->start();
  given->start_when_deciding();
  CHECK("keys that are given are there", given->try_ready(0) == DOORWARD_RESULT_OK);
}

#if DOORWARD_HPP_EXCEPTIONS
static void upkeep_with_exceptions() {
  doorward::Engine engine = doorward::Engine::load_text(fetched(), DOORWARD_FORMAT_TOML);
  bool thrown = false;
  engine.supply_keys("corp", FETCHED_KEYS, fixture_now());
  engine.reload();
  engine.revoke(doorward::Revocation::token("corp", "t"));
  CHECK("both statuses", engine.status_text(fixture_now()).find("corp") != std::string::npos &&
                             engine.status_json(fixture_now()).front() == '{');
  try {
    engine.supply_keys("corp", "words");
  } catch (const doorward::LoadError &error) {
    thrown = error.result() == DOORWARD_RESULT_REFUSED && *error.what() != '\0';
  }
  CHECK("what is not taken throws", thrown);
  thrown = false;
  try {
    doorward::Engine::load_file("no/such.toml");
  } catch (const doorward::LoadError &error) {
    thrown = error.result() == DOORWARD_RESULT_POLICY;
  }
  CHECK("so does a file that is not there", thrown);
  doorward::Engine given = doorward::Engine::load_text(fixture_policy, DOORWARD_FORMAT_TOML);
  given.ready(0);
}

static void with_exceptions() {
  bool thrown = false;
  try {
    doorward::Engine::from_text("reaml = 'orders'", DOORWARD_FORMAT_TOML);
  } catch (const doorward::LoadError &error) {
    thrown = error.result() == DOORWARD_RESULT_POLICY && !error.faults().empty() &&
             std::string_view(error.what()).find("realm") != std::string_view::npos;
  }
  CHECK("a broken policy throws", thrown);
  std::optional<doorward::Engine> engine(doorward::Engine::from_text(fixture_policy, DOORWARD_FORMAT_TOML));
  engine->warm_thread();
  doorward::Scratch scratch(*engine);
  std::vector<doorward_field> lines = {doorward::field("Authorization", FIXTURE_LATE)};
  doorward::Decision decision = scratch.decide(doorward::Request("GET", "/orders/7").fields(lines), fixture_now());
  CHECK("carol is late", !decision.allowed() && decision.status() == 401 && decision.reason_code() == "token_expired");
  CHECK("and told what to do", decision.recovery_code() == "refresh_credential" && decision.context() != nullptr);
  std::size_t challenges = 0;
  for (const doorward_field &field : decision.headers()) challenges += doorward::view(field.name) == "WWW-Authenticate";
  CHECK("with a challenge", challenges == 1 && decision.challenges().size() == 1);
  CHECK("and a body", decision.body() ==
                          R"({"status":401,"outcome":"unauthenticated","reason":"token_expired","recovery":"refresh_credential"})");
  engine.reset();
  thrown = false;
  try {
    scratch.decide(doorward::Request("GET", "/orders/7"));
  } catch (const doorward::Error &error) {
    thrown = error.result() == DOORWARD_RESULT_BAD_HANDLE;
  }
  CHECK("without its engine a scratch throws", thrown);
}
#endif

int main() {
  without_exceptions();
  upkeep_without_exceptions();
#if DOORWARD_HPP_EXCEPTIONS
  with_exceptions();
  upkeep_with_exceptions();
#endif
  return check_end();
}
