// The C++ wrapper: with exceptions and without, moved, shared, and in the order that a program would use it.
#include <doorward.hpp>

#include <array>
#include <type_traits>

#include "check.h"
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

#if DOORWARD_HPP_EXCEPTIONS
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
#if DOORWARD_HPP_EXCEPTIONS
  with_exceptions();
#endif
  return check_end();
}
