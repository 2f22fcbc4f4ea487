/* Functions that compilers can inline: the part of doorward.h that is written in C. */

/**
 * A view of a text that ends with a NUL, without that NUL; nothing if `text` is null. The view is valid as long as the text.
 */
static inline doorward_str doorward_str_from(const char *text) {
  doorward_str view;
  view.data = text;
  view.len = text ? strlen(text) : 0;
  return view;
}

/**
 * 1 if a view has exactly these bytes, else 0. A view of nothing equals the empty text.
 */
static inline int doorward_str_is(doorward_str view, const char *text) {
  size_t len = strlen(text);
  return view.len == len && (len == 0 || memcmp(view.data, text, len) == 0);
}

/**
 * A request with its size set and nothing in it.
 */
static inline doorward_request doorward_request_init(void) {
  doorward_request request;
  memset(&request, 0, sizeof request);
  request.size = sizeof request;
  return request;
}

/**
 * A decision with its size set that says nothing yet, and so lets nobody in.
 */
static inline doorward_decision doorward_decision_init(void) {
  doorward_decision decision;
  memset(&decision, 0, sizeof decision);
  decision.size = sizeof decision;
  return decision;
}

/**
 * Engine facts with their size set and nothing in them.
 */
static inline doorward_engine_facts doorward_engine_facts_init(void) {
  doorward_engine_facts facts;
  memset(&facts, 0, sizeof facts);
  facts.size = sizeof facts;
  return facts;
}

/**
 * A revocation with its size set and nothing in it.
 */
static inline doorward_revocation doorward_revocation_init(void) {
  doorward_revocation revocation;
  memset(&revocation, 0, sizeof revocation);
  revocation.size = sizeof revocation;
  return revocation;
}

/**
 * What was sent, with its size set and nothing known.
 */
static inline doorward_sent doorward_sent_init(void) {
  doorward_sent sent;
  memset(&sent, 0, sizeof sent);
  sent.size = sizeof sent;
  return sent;
}

/**
 * An answer with its size set and nothing in it.
 */
static inline doorward_response doorward_response_init(void) {
  doorward_response response;
  memset(&response, 0, sizeof response);
  response.size = sizeof response;
  return response;
}

/**
 * Facts of a diagnosis with their size set and nothing in them.
 */
static inline doorward_diagnosis_facts doorward_diagnosis_facts_init(void) {
  doorward_diagnosis_facts facts;
  memset(&facts, 0, sizeof facts);
  facts.size = sizeof facts;
  return facts;
}

/**
 * Options of a caller with their size set, and all as usual.
 */
static inline doorward_caller_options doorward_caller_options_init(void) {
  doorward_caller_options options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  return options;
}

/**
 * A place for what #doorward_caller_prepare says, with its size set.
 */
static inline doorward_prepared doorward_prepared_init(void) {
  doorward_prepared prepared;
  memset(&prepared, 0, sizeof prepared);
  prepared.size = sizeof prepared;
  return prepared;
}

/**
 * A credential with its size set and nothing in it.
 */
static inline doorward_credential doorward_credential_init(void) {
  doorward_credential credential;
  memset(&credential, 0, sizeof credential);
  credential.size = sizeof credential;
  return credential;
}

/**
 * A place for what #doorward_caller_answered says, with its size set.
 */
static inline doorward_next doorward_next_init(void) {
  doorward_next next;
  memset(&next, 0, sizeof next);
  next.size = sizeof next;
  return next;
}

/**
 * An event with its size set and nothing in it.
 */
static inline doorward_event doorward_event_init(void) {
  doorward_event event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  return event;
}

/**
 * A fault with its size set and nothing in it.
 */
static inline doorward_fault doorward_fault_init(void) {
  doorward_fault fault;
  memset(&fault, 0, sizeof fault);
  fault.size = sizeof fault;
  return fault;
}

#endif /* DOORWARD_H */
