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
