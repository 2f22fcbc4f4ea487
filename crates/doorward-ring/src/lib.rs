//! Doorward's signature provider over ring.
