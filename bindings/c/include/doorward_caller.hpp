// The C++17 face of the caller's side of doorward.h: what an answer means, and the one thing to do next. Header-only, like
// doorward.hpp, which it builds on.
//
//   std::optional<doorward::Diagnosis> why = doorward::try_diagnose(sent, response);
//   if (why && why->facts().reason == DOORWARD_REASON_TOKEN_EXPIRED) ...
//
//   std::optional<doorward::Caller> caller = doorward::Caller::try_new(doorward_caller_options_init());
//   std::optional<doorward::Attempt> attempt = doorward::Attempt::try_new("GET");   // one per request
//   doorward_result result = caller->try_prepare(*attempt, url, doorward_now(), step);
//
// Whoever sends is the program: nothing here does I/O, and only Caller::wait blocks.
#ifndef DOORWARD_CALLER_HPP
#define DOORWARD_CALLER_HPP

#include "doorward.hpp"

namespace doorward {

/// What is known of the request that was sent. It borrows its texts.
class Sent {
 public:
  Sent() noexcept : sent_(doorward_sent_init()) {}

  /// The scheme of the credential that was sent; without one none was.
  Sent &scheme(std::string_view name) noexcept { return sent_.scheme = str(name), *this; }
  /// Where the request was sent.
  Sent &url(std::string_view url) noexcept { return sent_.url = str(url), *this; }
  /// Where the answer came from, if redirects were followed.
  Sent &final_url(std::string_view url) noexcept { return sent_.final_url = str(url), *this; }
  /// Which attempt it was, from 1.
  Sent &attempt(std::uint32_t number) noexcept { return sent_.attempt = number, *this; }
  /// When it was sent.
  Sent &at(doorward_time time) noexcept { return sent_.at = time, sent_.has_at = 1, *this; }
  /// When the caller got the credential.
  Sent &issued_at(doorward_time time) noexcept { return sent_.issued_at = time, sent_.has_issued_at = 1, *this; }
  /// When the credential expires.
  Sent &expires_at(doorward_time time) noexcept { return sent_.expires_at = time, sent_.has_expires_at = 1, *this; }
  /// This very credential was refused here before.
  Sent &refused_before() noexcept { return sent_.refused_before = 1, *this; }
  /// With a proof of possession.
  Sent &proof() noexcept { return sent_.proof = 1, *this; }
  /// A person is there who can sign in again.
  Sent &interactive() noexcept { return sent_.interactive = 1, *this; }

  const doorward_sent &raw() const noexcept { return sent_; }

 private:
  doorward_sent sent_;
};

/// An answer. It borrows its lines and its content.
class Response {
 public:
  explicit Response(std::uint16_t status) noexcept : response_(doorward_response_init()) { response_.status = status; }

  /// The header field lines: anything with data() and size(), such as a vector of doorward::field(name, value).
  template <typename List>
  Response &fields(const List &lines) noexcept {
    response_.fields = lines.data();
    response_.fields_len = lines.size();
    return *this;
  }
  /// The beginning of the content.
  Response &body(std::string_view bytes) noexcept { return response_.body = str(bytes), *this; }

  const doorward_response &raw() const noexcept { return response_; }

 private:
  doorward_response response_;
};

/// What an answer means.
class Diagnosis {
 public:
  Diagnosis(Diagnosis &&other) noexcept : diagnosis_(std::exchange(other.diagnosis_, nullptr)) {}
  Diagnosis &operator=(Diagnosis &&other) noexcept {
    std::swap(diagnosis_, other.diagnosis_);
    return *this;
  }
  Diagnosis(const Diagnosis &) = delete;
  Diagnosis &operator=(const Diagnosis &) = delete;
  ~Diagnosis() { doorward_diagnosis_free(diagnosis_); }

  /// All facts; the views in them live as long as this.
  doorward_diagnosis_facts facts() const noexcept {
    doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
    if (doorward_diagnosis_read(diagnosis_, &facts) != DOORWARD_RESULT_OK) return doorward_diagnosis_facts_init();
    return facts;
  }

  /// Whether the answer refuses the caller.
  bool is_refusal() const noexcept { return facts().reason != 0; }

  /// One sentence for people; valid as long as this.
  std::string_view summary() const noexcept { return view(facts().summary); }

 private:
  friend std::optional<Diagnosis> try_diagnose(const Sent &, const Response &, doorward_time) noexcept;

  explicit Diagnosis(doorward_diagnosis *diagnosis) noexcept : diagnosis_(diagnosis) {}

  doorward_diagnosis *diagnosis_ = nullptr;
};

/// Says what an answer means to the caller that got it; nothing on failure.
inline std::optional<Diagnosis> try_diagnose(const Sent &sent, const Response &response,
                                             doorward_time now = doorward_now()) noexcept {
  doorward_diagnosis *diagnosis = nullptr;
  if (doorward_diagnose(&sent.raw(), &response.raw(), now, &diagnosis) != DOORWARD_RESULT_OK) return std::nullopt;
  return std::optional<Diagnosis>(Diagnosis(diagnosis));
}

/// One request, from before it is first sent until its answer is delivered.
class Attempt {
 public:
  /// `replayable`: its content can be sent again. `proof`: a proof of possession goes with the credential.
  static std::optional<Attempt> try_new(std::string_view method, bool replayable = true, bool proof = false) noexcept {
    Attempt attempt;
    const char *text = method.data() == nullptr ? "" : method.data();
    doorward_result result = doorward_attempt_new(text, method.size(), replayable ? 1 : 0, proof ? 1 : 0, &attempt.attempt_);
    if (result != DOORWARD_RESULT_OK) return std::nullopt;
    return std::optional<Attempt>(std::move(attempt));
  }

  Attempt(Attempt &&other) noexcept : attempt_(std::exchange(other.attempt_, nullptr)) {}
  Attempt &operator=(Attempt &&other) noexcept {
    std::swap(attempt_, other.attempt_);
    return *this;
  }
  Attempt(const Attempt &) = delete;
  Attempt &operator=(const Attempt &) = delete;
  ~Attempt() { doorward_attempt_free(attempt_); }

  /// What the last answer meant; nothing before the first one. The views live until the next call about this attempt.
  std::optional<doorward_diagnosis_facts> diagnosis() const noexcept {
    doorward_diagnosis_facts facts = doorward_diagnosis_facts_init();
    if (doorward_attempt_diagnosis(attempt_, &facts) != DOORWARD_RESULT_OK) return std::nullopt;
    return facts;
  }

  /// The handle; it stays ours.
  doorward_attempt *raw() const noexcept { return attempt_; }

 private:
  Attempt() noexcept = default;

  doorward_attempt *attempt_ = nullptr;
};

/// Which credential goes with a request, and what happens after the answer. All threads may share it.
class Caller {
 public:
  /// A caller; nothing on failure. `options` is made with doorward_caller_options_init.
  static std::optional<Caller> try_new(const doorward_caller_options &options) noexcept {
    Caller caller;
    if (doorward_caller_new(&options, &caller.caller_, nullptr) != DOORWARD_RESULT_OK) return std::nullopt;
    return std::optional<Caller>(std::move(caller));
  }

  Caller(Caller &&other) noexcept : caller_(std::exchange(other.caller_, nullptr)) {}
  Caller &operator=(Caller &&other) noexcept {
    std::swap(caller_, other.caller_);
    return *this;
  }
  Caller(const Caller &) = delete;
  Caller &operator=(const Caller &) = delete;
  ~Caller() { doorward_caller_free(caller_); }

  /// Says what to do with a request that goes to `url`. DOORWARD_RESULT_REFUSED: the credential is not for that origin, and must
  /// not be sent there. The views in `out` live until the next call about the attempt.
  DOORWARD_MUST_USE doorward_result try_prepare(Attempt &attempt, std::string_view url, doorward_time now,
                                                doorward_prepared &out) const noexcept {
    out = doorward_prepared_init();
    return doorward_caller_prepare(caller_, attempt.raw(), text(url), url.size(), now, &out, nullptr);
  }

  /// Hands over the credential for a ticket. DOORWARD_RESULT_REFUSED: it cannot be sent.
  DOORWARD_MUST_USE doorward_result try_obtained(std::uint64_t ticket, const doorward_credential &credential,
                                                 doorward_time now) const noexcept {
    return doorward_caller_obtained(caller_, ticket, &credential, now, nullptr);
  }

  /// Tells that there is none; `transient`: trying again may help.
  DOORWARD_MUST_USE doorward_result try_not_obtained(std::uint64_t ticket, bool transient, std::uint64_t retry_after,
                                                     std::string_view message, doorward_time now) const noexcept {
    return doorward_caller_not_obtained(caller_, ticket, transient ? 1 : 0, retry_after, text(message), message.size(), now);
  }

  /// Says what to do after the answer to a request that went to `url`. `final_url` is where the answer came from, if redirects were
  /// followed: another origin's says nothing about the credential. `sent_at` is when the request was sent, if that is known.
  DOORWARD_MUST_USE doorward_result try_answered(Attempt &attempt, std::string_view url, const Response &response,
                                                 doorward_time now, doorward_next &out, std::string_view final_url = {},
                                                 std::optional<doorward_time> sent_at = {}) const noexcept {
    out = doorward_next_init();
    return doorward_caller_answered(caller_, attempt.raw(), text(url), url.size(), text(final_url), final_url.size(),
                                    sent_at ? 1 : 0, sent_at.value_or(doorward_time{}), &response.raw(), now, &out);
  }

  /// How many tickets were brought back: ask before try_prepare, and hand it to wait.
  std::uint64_t ended() const noexcept { return doorward_caller_ended(caller_); }

  /// Waits until another ticket was brought back. It blocks.
  DOORWARD_MUST_USE doorward_result wait(std::uint64_t seen, std::uint64_t timeout_ms) const noexcept {
    return doorward_caller_wait(caller_, seen, timeout_ms);
  }

  /// The handle; it stays ours.
  doorward_caller *raw() const noexcept { return caller_; }

 private:
  Caller() noexcept = default;

  /// A text that is there, though it may be empty.
  static const char *text(std::string_view text) noexcept { return text.data() == nullptr ? "" : text.data(); }

  doorward_caller *caller_ = nullptr;
};

/// The value of `x-doorward-trace` that a gateway sends on in place of a credential that it takes away; nothing if there is
/// nothing to tell. `cause` is `root_cause` of the decision.
inline std::optional<std::string> try_trace_marker(const Engine &engine, const Request &request, std::uint16_t cause,
                                                   doorward_time now = doorward_now()) {
  doorward_marker marker = {};
  if (doorward_trace_marker(engine.raw(), &request.raw(), cause, now, &marker) != DOORWARD_RESULT_OK) return std::nullopt;
  if (marker.len == 0) return std::nullopt;
  return std::string(marker.text, marker.len);
}

}  // namespace doorward

#endif  // DOORWARD_CALLER_HPP
