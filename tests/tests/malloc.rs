//! No decision calls C's allocator either, which some libraries do behind Rust's back: `malloc` and its family are
//! replaced for the whole process by functions that count and pass on to glibc.
#![cfg_attr(
    all(target_os = "linux", target_env = "gnu"),
    expect(unsafe_code, reason = "C's allocator is unsafe to replace; this one only counts and passes on")
)]

use doorward_tests::suites::vectors::say;

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
#[test]
fn no_decision_of_the_table_calls_malloc() {
    say("malloc: skipped: only glibc lets its allocator be replaced and called");
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use super::say;
    use core::cell::Cell;
    use core::ffi::{CStr, c_char, c_int, c_void};
    use core::ptr;
    use doorward::provider::DefaultProvider;
    use doorward_core::key::Provider as _;
    use doorward_tests::suites::decisions;

    unsafe extern "C" {
        fn __libc_malloc(size: usize) -> *mut c_void;
        fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
        fn __libc_realloc(pointer: *mut c_void, size: usize) -> *mut c_void;
        fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
        fn __libc_free(pointer: *mut c_void);
        fn strdup(text: *const c_char) -> *mut c_char;
    }

    thread_local! {
        static CALLS: Cell<u64> = const { Cell::new(0) };
    }

    fn calls() -> u64 {
        CALLS.with(Cell::get)
    }

    /// Counts one call; while a thread ends there is nothing to count in, and nobody who asks.
    fn count() {
        let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    }

    // SAFETY: glibc's own allocator by its other name, with the same arguments; the counter needs no memory.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
        count();
        // SAFETY: `malloc` takes any size.
        unsafe { __libc_malloc(size) }
    }

    // SAFETY: as for `malloc`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn calloc(number: usize, size: usize) -> *mut c_void {
        count();
        // SAFETY: `calloc` takes any sizes.
        unsafe { __libc_calloc(number, size) }
    }

    // SAFETY: as for `malloc`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn realloc(pointer: *mut c_void, size: usize) -> *mut c_void {
        count();
        // SAFETY: the caller's promise about `pointer` is passed on; all memory comes from glibc.
        unsafe { __libc_realloc(pointer, size) }
    }

    // SAFETY: as for `malloc`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
        count();
        // SAFETY: the caller's promise about `alignment` is passed on.
        unsafe { __libc_memalign(alignment, size) }
    }

    // SAFETY: as for `malloc`; the result is written where POSIX says.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn posix_memalign(out: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
        const ENOMEM: c_int = 12;
        count();
        // SAFETY: the caller's promise about `alignment` is passed on.
        let pointer = unsafe { __libc_memalign(alignment, size) };
        if pointer.is_null() {
            return ENOMEM;
        }
        // SAFETY: the caller promises that `out` can be written.
        unsafe { ptr::write(out, pointer) };
        0
    }

    // SAFETY: as for `malloc`.
    #[unsafe(no_mangle)]
    unsafe extern "C" fn free(pointer: *mut c_void) {
        // SAFETY: the caller's promise about `pointer` is passed on.
        unsafe { __libc_free(pointer) }
    }

    #[test]
    fn the_counter_counts_what_c_allocates() {
        let text: &CStr = c"doorward";
        let before = calls();
        // SAFETY: `text` ends with a zero byte.
        let copy = unsafe { strdup(text.as_ptr()) };
        // Seen by nobody, a copy that is freed at once would never be made.
        let copy = core::hint::black_box(copy);
        assert_eq!(calls() - before, 1, "`strdup` allocates once, inside the C library");
        // SAFETY: `strdup` gave this memory, and nothing else holds it.
        unsafe { free(copy.cast()) };
        let before = calls();
        drop(core::hint::black_box(Box::new(7)));
        assert_eq!(calls() - before, 1, "Rust's allocator stands on C's");
    }

    #[test]
    fn no_decision_of_the_table_calls_malloc() {
        let provider = DefaultProvider::new();
        let counted = decisions::count(&provider, calls);
        say(&format!("malloc: {} provider: {} decisions counted", provider.name(), counted.len()));
        let portable = provider.name() == DefaultProvider::portable().name();
        for one in &counted {
            assert!(one.calls == 0 || (portable && one.rsa_checks > 0), "{}: {} calls", one.id, one.calls);
        }
    }

    #[test]
    fn rsa_of_the_portable_provider_is_seen_here_too() {
        let counted = decisions::count(&DefaultProvider::portable(), calls);
        for one in &counted {
            assert_eq!(one.calls > 0, one.rsa_checks > 0, "{}: {} calls", one.id, one.calls);
        }
    }
}
