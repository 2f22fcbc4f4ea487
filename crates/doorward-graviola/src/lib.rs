//! Doorward's signature provider over graviola, without heap allocation.
