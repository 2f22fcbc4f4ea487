//! Panics on demand, for the test that none leaves the library: only with the feature `test-panic`, which no build that is
//! installed has.

#[cfg(feature = "test-panic")]
mod on_demand {
    use core::cell::Cell;

    /// Panic when a guarded call begins.
    const AT_ENTRY: u32 = 1;
    /// Panic when all is done but the writing of an output.
    const BEFORE_OUTPUT: u32 = 2;

    thread_local! {
        static NEXT: Cell<u32> = const { Cell::new(0) };
    }

    /// Makes the next guarded call of this thread that comes by this place panic there: 1 at its entry, 2 before it writes
    /// an output, 0 nowhere.
    #[unsafe(no_mangle)]
    pub(super) extern "C" fn doorward_test_panic(place: u32) {
        NEXT.set(place);
    }

    fn come_by(place: u32) {
        if NEXT.get() == place {
            NEXT.set(0);
            #[expect(clippy::panic, reason = "this is what the test asks for")]
            {
                panic!("asked for by a test");
            }
        }
    }

    pub(crate) fn at_entry() {
        come_by(AT_ENTRY);
    }

    pub(crate) fn before_output() {
        come_by(BEFORE_OUTPUT);
    }
}

#[cfg(not(feature = "test-panic"))]
mod on_demand {
    pub(crate) const fn at_entry() {}

    pub(crate) const fn before_output() {}
}

pub(crate) use on_demand::{at_entry, before_output};
