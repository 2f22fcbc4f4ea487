/*
 * The C ABI of Doorward: one decision on every caller, let in, 401 or 403, with the reason, the challenge and the cure.
 *
 * Made by `cargo xtask generate` from the Rust sources and header.h and inline.h beside them: edit those, not the copy
 * in include.
 *
 * Conventions. Handles are opaque; who owns one, and which function frees it, is said where it is made. Inputs come first
 * and are const where nothing changes, outputs come last and are named out_*; a call that fails writes to no output. Null
 * and wrong values give a result code, and no panic leaves the library. Numbers are of fixed width, and 0 is never a value
 * of an enumeration, so that memory of zeros lets nobody in. Structs that may grow begin with their size: make them with
 * their _init function. Each function says which threads may call it.
 */

#ifndef DOORWARD_H
#define DOORWARD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** The version of the library that this header belongs to. */
#define DOORWARD_VERSION "@VERSION@"
#define DOORWARD_VERSION_MAJOR @MAJOR@
#define DOORWARD_VERSION_MINOR @MINOR@
#define DOORWARD_VERSION_PATCH @PATCH@

/** The media type of the content of a refusal. */
#define DOORWARD_BODY_TYPE "application/json"

/* A result that nobody looks at is a request that nobody judged: compilers warn of it. */
#if defined(__GNUC__)
#define DOORWARD_MUST_USE __attribute__((warn_unused_result))
#else
#define DOORWARD_MUST_USE
#endif

#if defined(__cplusplus) && __cplusplus >= 201103L
#define DOORWARD_NOEXCEPT noexcept
#else
#define DOORWARD_NOEXCEPT
#endif
