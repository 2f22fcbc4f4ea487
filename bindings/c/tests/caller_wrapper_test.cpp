// The caller's side through its C++ face.
#include <doorward_caller.hpp>

#include <vector>

#include "check.h"

int main() {
  doorward_time now = {1795387431, 0};
  std::vector<doorward_field> lines = {doorward::field("WWW-Authenticate", "Bearer error=\"invalid_token\"")};
  auto why = doorward::try_diagnose(doorward::Sent().scheme("Bearer").at(now).attempt(1),
                                    doorward::Response(401).fields(lines).body(""), now);
  CHECK("diagnosed", why && why->is_refusal() && !why->summary().empty());
  doorward::Diagnosis moved = std::move(*why);
  CHECK("moved", moved.facts().status == 401 && why->facts().status == 0);

  doorward_caller_options options = doorward_caller_options_init();
  options.attempts = 200;
  CHECK("an option out of bounds", !doorward::Caller::try_new(options));
  options.attempts = 0;
  auto caller = doorward::Caller::try_new(options);
  auto attempt = doorward::Attempt::try_new("GET");
  CHECK("made", caller && attempt && !attempt->diagnosis());
  const std::string_view url = "https://api.example/";
  doorward_prepared step;
  CHECK("obtain", caller->try_prepare(*attempt, url, now, step) == DOORWARD_RESULT_OK && step.kind == DOORWARD_PREPARED_OBTAIN);
  doorward_credential credential = doorward_credential_init();
  credential.secret = doorward::str("secret");
  CHECK("obtained", caller->try_obtained(step.ticket, credential, now) == DOORWARD_RESULT_OK && caller->ended() == 1);
  CHECK("send", caller->try_prepare(*attempt, url, now, step) == DOORWARD_RESULT_OK && step.kind == DOORWARD_PREPARED_SEND &&
                    doorward::view(step.authorization) == "Bearer secret");
  doorward_next next;
  CHECK("deliver", caller->try_answered(*attempt, url, doorward::Response(200), now, next) == DOORWARD_RESULT_OK &&
                       next.kind == DOORWARD_NEXT_DELIVER && attempt->diagnosis()->reason == 0);

  // What another origin says to a request that was redirected there is not about the credential.
  auto away = doorward::Attempt::try_new("GET");
  const doorward::Response refused = doorward::Response(401).fields(lines).body("");
  CHECK("sent", caller->try_prepare(*away, url, now, step) == DOORWARD_RESULT_OK && step.kind == DOORWARD_PREPARED_SEND);
  CHECK("away", caller->try_answered(*away, url, refused, now, next, "https://other.example/", now) == DOORWARD_RESULT_OK &&
                    next.kind == DOORWARD_NEXT_DELIVER && away->diagnosis()->reason == DOORWARD_REASON_CREDENTIAL_WITHHELD);
  auto here = doorward::Attempt::try_new("GET");
  CHECK("still good",
        caller->try_prepare(*here, url, now, step) == DOORWARD_RESULT_OK && step.kind == DOORWARD_PREPARED_SEND);
  CHECK("here", caller->try_answered(*here, url, refused, now, next) == DOORWARD_RESULT_OK && next.kind == DOORWARD_NEXT_AGAIN);
  return check_end();
}
