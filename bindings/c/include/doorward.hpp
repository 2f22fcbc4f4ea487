// The C++17 face of doorward.h: handles that free themselves, views as std::string_view, and load errors as exceptions
// or, for code without exceptions, as values. Header-only; link what doorward.h needs.
//
//   doorward::Engine engine = doorward::Engine::from_file("doorward.toml");
//   doorward::Scratch scratch(engine);                        // one per thread
//   doorward::Decision decision = scratch.decide(doorward::Request("GET", "/orders").fields(lines));
//   if (!decision.allowed()) answer(decision.status(), decision.headers(), decision.body());
//
// Numbers (outcomes, reasons, recoveries and so on) are the constants of doorward.h. Every function with `try_` in its name
// is noexcept; the others throw, and are there only where exceptions are enabled. Which thread may call what is as in
// doorward.h: an Engine may be shared by all threads, a Scratch serves one call at a time.
#ifndef DOORWARD_HPP
#define DOORWARD_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doorward.h"

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS)
#define DOORWARD_HPP_EXCEPTIONS 1
#else
#define DOORWARD_HPP_EXCEPTIONS 0
#endif

namespace doorward {

/// A view of the C ABI as a std::string_view; nothing is the empty view, whose data() is null.
inline std::string_view view(doorward_str text) noexcept {
  return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}

/// A std::string_view as a view of the C ABI. An empty view is the empty text, unless its data() is null.
inline doorward_str str(std::string_view text) noexcept {
  doorward_str view;
  view.data = text.data();
  view.len = text.size();
  return view;
}

/// A header field line from name and value, both borrowed.
inline doorward_field field(std::string_view name, std::string_view value) noexcept {
  doorward_field field;
  field.name = str(name);
  field.value = str(value);
  return field;
}

/// Items that lie in a row and belong to somebody else; valid as long as what they came from.
template <typename T>
class Items {
 public:
  constexpr Items(const T *data, std::size_t size) noexcept : data_(data), size_(size) {}

  const T *begin() const noexcept { return data_; }
  const T *end() const noexcept { return size_ == 0 ? data_ : data_ + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

 private:
  const T *data_;
  std::size_t size_;
};

/// One fault of a policy that could not be loaded, or of something else that an engine did not take. It owns its text.
struct Fault {
  /// The policy file; empty if the policy came as text.
  std::string file;
  /// The line, from 1; 0 if there is none.
  std::uint64_t line = 0;
  /// The column, from 1, in characters; 0 if there is none.
  std::uint64_t column = 0;
  /// Where in the policy, as a dotted path; empty for the policy as a whole.
  std::string place;
  /// What is wrong.
  std::string message;
  /// What would mend it; empty if nobody knows.
  std::string help;
};

/// Why an engine could not be made, or did not do what it was asked. It owns its text.
struct LoadFailure {
  /// The result of the call: DOORWARD_RESULT_POLICY if the policy has faults, DOORWARD_RESULT_NOT_READY if keys did not come
  /// in time, DOORWARD_RESULT_REFUSED if something was not taken.
  doorward_result result = DOORWARD_RESULT_OK;
  /// All faults, one per line; for other results a sentence on the result.
  std::string text;
  /// Each fault, in the order of the policy; empty for other results.
  std::vector<Fault> faults;
};

/// Something that happened to keys, files or the policy in the background. It owns its text.
struct Event {
  /// What happened: one of DOORWARD_EVENT_*, or 0 for what this version has no number for.
  std::uint32_t kind = 0;
  /// Whether somebody should look at it.
  bool is_fault = false;
  /// It in words, on one line.
  std::string text;
};

/// One thing that is revoked. It borrows its texts, until it was handed over.
class Revocation {
 public:
  /// A single token, by its `jti`.
  static Revocation token(std::string_view issuer, std::string_view jti) noexcept {
    return Revocation(DOORWARD_REVOCATION_TOKEN, issuer, str(jti), nullptr);
  }
  /// Every token of a subject, for good.
  static Revocation subject(std::string_view issuer, std::string_view subject) noexcept {
    return Revocation(DOORWARD_REVOCATION_SUBJECT, issuer, str(subject), nullptr);
  }
  /// Every token of a subject, until it is let in again.
  static Revocation subject(std::string_view issuer, std::string_view subject, doorward_time until) noexcept {
    return Revocation(DOORWARD_REVOCATION_SUBJECT, issuer, str(subject), &until);
  }
  /// Every token that was issued before a time.
  static Revocation issued_before(std::string_view issuer, doorward_time time) noexcept {
    return Revocation(DOORWARD_REVOCATION_ISSUED_BEFORE, issuer, doorward_str_from(nullptr), &time);
  }
  /// Every token that was signed with a key, by its `kid`.
  static Revocation key(std::string_view issuer, std::string_view kid) noexcept {
    return Revocation(DOORWARD_REVOCATION_KEY, issuer, str(kid), nullptr);
  }

  /// The revocation as the C ABI takes it.
  const doorward_revocation &raw() const noexcept { return revocation_; }

 private:
  Revocation(std::uint32_t kind, std::string_view issuer, doorward_str name, const doorward_time *time) noexcept
      : revocation_(doorward_revocation_init()) {
    revocation_.kind = kind;
    revocation_.issuer = str(issuer);
    revocation_.name = name;
    if (time != nullptr) {
      revocation_.has_time = 1;
      revocation_.time = *time;
    }
  }

  doorward_revocation revocation_;
};

#if DOORWARD_HPP_EXCEPTIONS
/// A call of the C ABI that failed.
class Error : public std::runtime_error {
 public:
  explicit Error(doorward_result result)
      : std::runtime_error(std::string(view(doorward_result_text(result)))), result_(result) {}
  Error(doorward_result result, const std::string &text) : std::runtime_error(text), result_(result) {}

  /// The result: one of DOORWARD_RESULT_*, never DOORWARD_RESULT_OK.
  doorward_result result() const noexcept { return result_; }

 private:
  doorward_result result_;
};

/// A policy that could not be loaded, keys that did not come, or something that was not taken; what() has all faults, one per
/// line.
class LoadError : public Error {
 public:
  explicit LoadError(LoadFailure failure)
      : Error(failure.result, failure.text), faults_(std::move(failure.faults)) {}

  /// Each fault, in the order of the policy.
  const std::vector<Fault> &faults() const noexcept { return faults_; }

 private:
  std::vector<Fault> faults_;
};
#endif

/// A request to decide on. It borrows all that it is given, until the decision is no longer needed.
class Request {
 public:
  /// A request with this method and this raw, undecoded target.
  Request(std::string_view method, std::string_view url) noexcept : request_(doorward_request_init()) {
    request_.method = str(method);
    request_.url = str(url);
  }

  /// Sets the header field lines: anything with data() and size() over doorward_field. It must outlive the request.
  template <typename Lines>
  Request &fields(const Lines &lines) noexcept {
    request_.fields = lines.data();
    request_.fields_len = lines.size();
    return *this;
  }

  /// A temporary list would be gone before the decision is made.
  template <typename Lines>
  Request &fields(const Lines &&lines) = delete;

  /// Sets the content.
  Request &body(std::string_view content) noexcept {
    request_.body = content.data() == nullptr ? str("") : str(content);
    return *this;
  }

  /// Sets the IP address of the connection's other end, never one that a header field tells.
  Request &peer(std::string_view address) noexcept {
    request_.peer = str(address);
    return *this;
  }

  /// Sets the client's certificates in DER, its own first: anything with data() and size() over doorward_str.
  template <typename Chain>
  Request &client_chain(const Chain &chain) noexcept {
    request_.client_chain = chain.data();
    request_.client_chain_len = chain.size();
    return *this;
  }

  /// The request as the C ABI takes it.
  const doorward_request &raw() const noexcept { return request_; }

 private:
  doorward_request request_;
};

/// A decision. All views in it, and those of its copies, are valid until the next decision with the same Scratch, and as long
/// as that, the Engine and the bytes of the request live. A new one says nothing, and lets nobody in.
class Decision {
 public:
  Decision() noexcept : decision_(doorward_decision_init()) {}

  /// Whether the caller is let in.
  bool allowed() const noexcept { return decision_.allowed == 1; }
  /// What was decided: one of DOORWARD_OUTCOME_*.
  std::uint32_t outcome() const noexcept { return decision_.outcome; }
  /// The HTTP status of the answer.
  std::uint16_t status() const noexcept { return decision_.status; }
  /// Why the caller is refused: one of DOORWARD_REASON_*, or 0.
  std::uint16_t reason() const noexcept { return decision_.reason; }
  /// The true reason of a concealed refusal, or 0. For operators only.
  std::uint16_t concealed() const noexcept { return decision_.concealed; }
  /// What the caller should do next: one of DOORWARD_RECOVERY_*.
  std::uint32_t recovery() const noexcept { return decision_.recovery; }
  /// Whether the very same credential may be sent again after the recovery.
  bool may_resend() const noexcept { return decision_.may_resend == 1; }
  /// For how many seconds the caller is to wait before it sends the request again.
  std::optional<std::uint64_t> retry_after() const noexcept {
    if (decision_.has_retry_after != 1) return std::nullopt;
    return decision_.retry_after;
  }
  /// How loud the true reason should be: one of DOORWARD_SIGNAL_*, or 0.
  std::uint32_t signal() const noexcept { return decision_.signal; }
  /// What the caller may learn about the reason: one of DOORWARD_DISCLOSURE_*.
  std::uint32_t disclosure() const noexcept { return decision_.disclosure; }
  /// On what grounds the caller is let in: one of DOORWARD_GROUNDS_*, or 0.
  std::uint32_t grounds() const noexcept { return decision_.grounds; }
  /// The route that governed the request, by its place in the policy.
  std::optional<std::uint64_t> route() const noexcept {
    if (decision_.route < 0) return std::nullopt;
    return static_cast<std::uint64_t>(decision_.route);
  }
  /// The path that was judged, normalised: what must be forwarded.
  std::string_view path() const noexcept { return view(decision_.path); }
  /// The header fields that the answer must carry.
  Items<doorward_field> headers() const noexcept {
    return Items<doorward_field>(decision_.headers, decision_.headers_len);
  }
  /// The values of the WWW-Authenticate lines among them.
  Items<doorward_str> challenges() const noexcept {
    return Items<doorward_str>(decision_.challenges, decision_.challenges_len);
  }
  /// The content of a refusal, of the type DOORWARD_BODY_TYPE.
  std::string_view body() const noexcept { return view(decision_.body); }
  /// Who the caller is, or null if that is not known. Only an allow makes it somebody to act for.
  const doorward_principal *principal() const noexcept {
    return decision_.principal.kind == 0 ? nullptr : &decision_.principal;
  }
  /// The facts beside the reason, or null. For operators only.
  const doorward_context *context() const noexcept {
    return decision_.context.kind == 0 ? nullptr : &decision_.context;
  }
  /// The code of the reason, such as token_expired; empty on an allow.
  std::string_view reason_code() const noexcept { return view(doorward_reason_code(decision_.reason)); }
  /// The code of the outcome, such as unauthenticated.
  std::string_view outcome_code() const noexcept { return view(doorward_outcome_code(decision_.outcome)); }
  /// The code of the recovery, such as refresh_credential.
  std::string_view recovery_code() const noexcept { return view(doorward_recovery_code(decision_.recovery)); }

  /// The decision as the C ABI gives it.
  const doorward_decision &raw() const noexcept { return decision_; }

 private:
  friend class Scratch;
  doorward_decision decision_;
};

/// A policy with the keys of its issuers; all threads may share one. What changes in it changes between two decisions.
class Engine {
 public:
  Engine(Engine &&other) noexcept : engine_(std::exchange(other.engine_, nullptr)) {}
  Engine &operator=(Engine &&other) noexcept {
    std::swap(engine_, other.engine_);
    return *this;
  }
  Engine(const Engine &) = delete;
  Engine &operator=(const Engine &) = delete;
  ~Engine() { doorward_engine_free(engine_); }

  /// Loads a policy file, and begins to fetch and to watch; nothing on failure, and then `*failure` says why, if it is not null
  /// and memory suffices.
  static std::optional<Engine> try_from_file(std::string_view path, LoadFailure *failure = nullptr) noexcept {
    return file(doorward_engine_from_file, path, failure);
  }

  /// The same, but nothing is fetched or watched before start(): for programs that fork.
  static std::optional<Engine> try_load_file(std::string_view path, LoadFailure *failure = nullptr) noexcept {
    return file(doorward_engine_load_file, path, failure);
  }

  /// Loads a policy from text, in DOORWARD_FORMAT_TOML or DOORWARD_FORMAT_JSON, and begins to fetch and to watch; key files are
  /// relative to `folder`, and refused if there is none.
  static std::optional<Engine> try_from_text(std::string_view policy, std::uint32_t format,
                                             std::optional<std::string_view> folder = std::nullopt,
                                             LoadFailure *failure = nullptr) noexcept {
    return memory_text(doorward_engine_from_text, policy, format, folder, failure);
  }

  /// The same, but nothing is fetched or watched before start().
  static std::optional<Engine> try_load_text(std::string_view policy, std::uint32_t format,
                                             std::optional<std::string_view> folder = std::nullopt,
                                             LoadFailure *failure = nullptr) noexcept {
    return memory_text(doorward_engine_load_text, policy, format, folder, failure);
  }

#if DOORWARD_HPP_EXCEPTIONS
  /// Loads a policy file; throws LoadError.
  static Engine from_file(std::string_view path) {
    LoadFailure failure;
    return demand(try_from_file(path, &failure), failure);
  }

  /// Loads a policy from text; throws LoadError.
  static Engine from_text(std::string_view policy, std::uint32_t format,
                          std::optional<std::string_view> folder = std::nullopt) {
    LoadFailure failure;
    return demand(try_from_text(policy, format, folder, &failure), failure);
  }

  /// Loads a policy file without fetching or watching; throws LoadError.
  static Engine load_file(std::string_view path) {
    LoadFailure failure;
    return demand(try_load_file(path, &failure), failure);
  }

  /// Loads a policy from text without fetching or watching; throws LoadError.
  static Engine load_text(std::string_view policy, std::uint32_t format,
                          std::optional<std::string_view> folder = std::nullopt) {
    LoadFailure failure;
    return demand(try_load_text(policy, format, folder, &failure), failure);
  }
#endif

  /// One more handle to the same engine, which lives as long as any; nothing if memory is short.
  std::optional<Engine> try_share() const noexcept {
    Engine engine;
    if (doorward_engine_share(engine_, &engine.engine_) != DOORWARD_RESULT_OK) return std::nullopt;
    return std::optional<Engine>(std::move(engine));
  }

  /// Makes the calling thread ready, so that no decision on it allocates.
  void warm_thread() const noexcept { (void)doorward_engine_warm_thread(engine_); }

  /// Begins to fetch and to watch, if there is anything and it is not done yet in this process.
  void start() const noexcept { (void)doorward_engine_start(engine_); }

  /// Has the first decision in each process do that.
  void start_when_deciding() const noexcept { (void)doorward_engine_start_when_deciding(engine_); }

  /// Waits for the first keys of all issuers, for so many milliseconds at most. Whatever comes of it, the engine decides.
  DOORWARD_MUST_USE doorward_result try_ready(std::uint64_t timeout_ms, LoadFailure *failure = nullptr) const noexcept {
    doorward_error *error = nullptr;
    doorward_result result = doorward_engine_ready(engine_, timeout_ms, &error);
    return told(result, error, failure);
  }

  /// Loads the policy anew from where it came; on failure all stays as it was.
  DOORWARD_MUST_USE doorward_result try_reload(LoadFailure *failure = nullptr) const noexcept {
    doorward_error *error = nullptr;
    doorward_result result = doorward_engine_reload(engine_, &error);
    return told(result, error, failure);
  }

  /// Revokes something from the next decision on; on failure all stays as it was.
  DOORWARD_MUST_USE doorward_result try_revoke(const Revocation &revocation, LoadFailure *failure = nullptr) const noexcept {
    doorward_error *error = nullptr;
    doorward_result result = doorward_engine_revoke(engine_, &revocation.raw(), &error);
    return told(result, error, failure);
  }

  /// Gives an issuer keys that the host has fetched; on failure all stays as it was.
  DOORWARD_MUST_USE doorward_result try_supply_keys(std::string_view issuer, std::string_view jwks, doorward_time now,
                                                    LoadFailure *failure = nullptr) const noexcept {
    doorward_error *error = nullptr;
    doorward_result result = doorward_engine_supply_keys(engine_, text(issuer), issuer.size(), text(jwks), jwks.size(), now,
                                                         &error);
    return told(result, error, failure);
  }

  /// What is trusted, how fresh it is and what happens next, as DOORWARD_STATUS_TEXT or DOORWARD_STATUS_JSON; nothing on failure.
  std::optional<std::string> try_status(doorward_time now, std::uint32_t format) const noexcept {
    doorward_text *page = nullptr;
    if (doorward_engine_status(engine_, now, format, &page) != DOORWARD_RESULT_OK) return std::nullopt;
    std::optional<std::string> status;
#if DOORWARD_HPP_EXCEPTIONS
    try {
#endif
      status.emplace(view(doorward_text_view(page)));
#if DOORWARD_HPP_EXCEPTIONS
    } catch (...) {
      // Memory is short.
    }
#endif
    doorward_text_free(page);
    return status;
  }

  /// The events since the last call, the oldest first; none if memory is short.
  std::vector<Event> try_take_events() const noexcept {
    doorward_events *events = nullptr;
    std::vector<Event> taken;
    if (doorward_engine_take_events(engine_, &events) != DOORWARD_RESULT_OK) return taken;
#if DOORWARD_HPP_EXCEPTIONS
    try {
#endif
      for (std::size_t i = 0; i < doorward_events_count(events); ++i) {
        doorward_event event = doorward_event_init();
        if (doorward_events_item(events, i, &event) != DOORWARD_RESULT_OK) break;
        taken.push_back(Event{event.kind, event.is_fault == 1, std::string(view(event.text))});
      }
#if DOORWARD_HPP_EXCEPTIONS
    } catch (...) {
      // Memory is short.
    }
#endif
    doorward_events_free(events);
    return taken;
  }

#if DOORWARD_HPP_EXCEPTIONS
  /// Waits for the first keys of all issuers; throws LoadError if they do not come in time.
  void ready(std::uint64_t timeout_ms) const {
    LoadFailure failure;
    demand(try_ready(timeout_ms, &failure), failure);
  }

  /// Loads the policy anew; throws LoadError, and then all stays as it was.
  void reload() const {
    LoadFailure failure;
    demand(try_reload(&failure), failure);
  }

  /// Revokes something from the next decision on; throws LoadError.
  void revoke(const Revocation &revocation) const {
    LoadFailure failure;
    demand(try_revoke(revocation, &failure), failure);
  }

  /// Gives an issuer keys that the host has fetched; throws LoadError.
  void supply_keys(std::string_view issuer, std::string_view jwks, doorward_time now = doorward_now()) const {
    LoadFailure failure;
    demand(try_supply_keys(issuer, jwks, now, &failure), failure);
  }

  /// The status as a page for people; throws Error.
  std::string status_text(doorward_time now = doorward_now()) const { return status(now, DOORWARD_STATUS_TEXT); }

  /// The status as a JSON object; throws Error.
  std::string status_json(doorward_time now = doorward_now()) const { return status(now, DOORWARD_STATUS_JSON); }
#endif

  /// The memory of all stores in bytes; 0 for an engine that was moved from.
  std::uint64_t memory() const noexcept { return doorward_engine_memory(engine_); }

  /// What a host may want to know; its views live as long as this handle. All of it is empty for an engine that was moved
  /// from.
  doorward_engine_facts facts() const noexcept {
    doorward_engine_facts facts = doorward_engine_facts_init();
    (void)!doorward_engine_describe(engine_, &facts);
    return facts;
  }

  /// The handle; it stays ours.
  const doorward_engine *raw() const noexcept { return engine_; }

 private:
  Engine() noexcept = default;

  /// The C ABI tells a missing text from an empty one.
  static const char *text(std::string_view view) noexcept { return view.data() == nullptr ? "" : view.data(); }

  template <typename Load>
  static std::optional<Engine> file(Load load, std::string_view path, LoadFailure *failure) noexcept {
    Engine engine;
    doorward_error *error = nullptr;
    doorward_result result = load(text(path), path.size(), &engine.engine_, &error);
    if (told(result, error, failure) != DOORWARD_RESULT_OK) return std::nullopt;
    return std::optional<Engine>(std::move(engine));
  }

  template <typename Load>
  static std::optional<Engine> memory_text(Load load, std::string_view policy, std::uint32_t format,
                                           std::optional<std::string_view> folder, LoadFailure *failure) noexcept {
    Engine engine;
    doorward_error *error = nullptr;
    const char *beside = folder ? text(*folder) : nullptr;
    doorward_result result =
        load(text(policy), policy.size(), format, beside, folder ? folder->size() : 0, &engine.engine_, &error);
    if (told(result, error, failure) != DOORWARD_RESULT_OK) return std::nullopt;
    return std::optional<Engine>(std::move(engine));
  }

  /// The result, which `*failure` explains if it is none to be glad of; the error is freed.
  static doorward_result told(doorward_result result, doorward_error *error, LoadFailure *failure) noexcept {
    if (result != DOORWARD_RESULT_OK && failure != nullptr) explain(*failure, result, error);
    doorward_error_free(error);
    return result;
  }

  static void explain(LoadFailure &failure, doorward_result result, const doorward_error *error) noexcept {
#if DOORWARD_HPP_EXCEPTIONS
    try {
#endif
      failure.result = result;
      failure.faults.clear();
      failure.text = std::string(view(error == nullptr ? doorward_result_text(result) : doorward_error_text(error)));
      for (std::size_t i = 0; i < doorward_error_count(error); ++i) {
        doorward_fault fault = doorward_fault_init();
        if (doorward_error_fault(error, i, &fault) != DOORWARD_RESULT_OK) break;
        failure.faults.push_back(Fault{std::string(view(fault.file)), fault.line, fault.column,
                                       std::string(view(fault.place)), std::string(view(fault.message)),
                                       std::string(view(fault.help))});
      }
#if DOORWARD_HPP_EXCEPTIONS
    } catch (...) {
      // Memory is short: that loading failed is said all the same.
    }
#endif
  }

#if DOORWARD_HPP_EXCEPTIONS
  static Engine demand(std::optional<Engine> engine, LoadFailure &failure) {
    if (!engine) throw LoadError(std::move(failure));
    return std::move(*engine);
  }

  static void demand(doorward_result result, LoadFailure &failure) {
    if (result != DOORWARD_RESULT_OK) throw LoadError(std::move(failure));
  }

  std::string status(doorward_time now, std::uint32_t format) const {
    doorward_text *page = nullptr;
    doorward_result result = doorward_engine_status(engine_, now, format, &page);
    if (result != DOORWARD_RESULT_OK) throw Error(result);
    struct Owner {
      doorward_text *page;
      ~Owner() { doorward_text_free(page); }
    } owner{page};
    return std::string(view(doorward_text_view(owner.page)));
  }
#endif

  doorward_engine *engine_ = nullptr;
};

/// The memory that decisions are made in: one per thread or connection.
class Scratch {
 public:
#if DOORWARD_HPP_EXCEPTIONS
  /// Memory for decisions of one engine; throws Error.
  explicit Scratch(const Engine &engine) {
    doorward_result result = doorward_scratch_new(engine.raw(), &scratch_);
    if (result != DOORWARD_RESULT_OK) throw Error(result);
    engine_ = engine.raw();
  }
#endif

  /// Memory for decisions of one engine; nothing on failure.
  static std::optional<Scratch> try_new(const Engine &engine) noexcept {
    Scratch scratch;
    if (doorward_scratch_new(engine.raw(), &scratch.scratch_) != DOORWARD_RESULT_OK) return std::nullopt;
    scratch.engine_ = engine.raw();
    return std::optional<Scratch>(std::move(scratch));
  }

  Scratch(Scratch &&other) noexcept
      : engine_(std::exchange(other.engine_, nullptr)), scratch_(std::exchange(other.scratch_, nullptr)) {}
  Scratch &operator=(Scratch &&other) noexcept {
    std::swap(engine_, other.engine_);
    std::swap(scratch_, other.scratch_);
    return *this;
  }
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;
  ~Scratch() { doorward_scratch_free(scratch_); }

  /// Decides with the engine that the scratch was made for, which must live still. On failure `out` says nothing and lets
  /// nobody in: refuse the request.
  DOORWARD_MUST_USE doorward_result try_decide(const Request &request, doorward_time now, Decision &out) noexcept {
    out = Decision();
    return doorward_decide(engine_, scratch_, &request.raw(), now, &out.decision_);
  }

#if DOORWARD_HPP_EXCEPTIONS
  /// The same; throws Error.
  Decision decide(const Request &request, doorward_time now = doorward_now()) {
    Decision decision;
    doorward_result result = try_decide(request, now, decision);
    if (result != DOORWARD_RESULT_OK) throw Error(result);
    return decision;
  }
#endif

  /// The handle; it stays ours.
  doorward_scratch *raw() const noexcept { return scratch_; }

 private:
  Scratch() noexcept = default;

  const doorward_engine *engine_ = nullptr;
  doorward_scratch *scratch_ = nullptr;
};

}  // namespace doorward

#endif  // DOORWARD_HPP
