//! One decision on every caller: let in, 401 or 403, with the reason, the challenge and the cure.
