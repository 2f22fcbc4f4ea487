//! Handles: what the opaque pointers of the ABI point to.
//!
//! A handle is a cell that stays allocated for as long as the library is loaded and is used again for a later handle of its
//! kind. So a pointer that was freed can be looked at without touching freed memory, and be told from a live one until its
//! cell has come round again, which takes at least [`RESTING`] more frees of its kind.

use crate::result::{
    DOORWARD_RESULT_BAD_HANDLE, DOORWARD_RESULT_NULL_ARGUMENT, DOORWARD_RESULT_SCRATCH_BUSY, ResultCode,
};
use core::cell::UnsafeCell;
use core::ptr;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// How many freed cells of a kind rest before one is used again.
const RESTING: usize = 64;

/// The mark of a cell without a handle.
const FREE: u64 = 0;

/// What the mark of a live cell is while a call has it for itself.
const BUSY: u64 = 1;

/// A kind of handle; the type itself is only a name for pointers, and nothing of it is ever there.
pub(crate) trait Kind: Sized + 'static {
    /// What a handle of this kind holds.
    type Value: 'static;

    /// The mark of a live cell of this kind; an even number that memory of other use hardly holds.
    const MARK: u64;

    /// The cells of this kind that have no handle.
    fn pool() -> &'static Pool<Self::Value>;
}

/// The memory behind a handle. Aligned so that no two are in one cache line, which would slow down threads that have
/// nothing in common; processors fetch lines in pairs.
#[repr(C, align(128))]
pub(crate) struct Cell<T> {
    mark: AtomicU64,
    tag: AtomicU64,
    value: UnsafeCell<Option<Box<T>>>,
}

/// Cells without a handle, the one that was freed first in front.
pub(crate) struct Pool<T: 'static> {
    cells: Mutex<VecDeque<&'static Cell<T>>>,
}

// SAFETY: the value is only reached by those who have read the mark of a live cell, shared by `share` and exclusively by
// `lock` and `free`, which change the mark first; and it may be sent and shared itself.
unsafe impl<T: Send + Sync> Sync for Cell<T> {}

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self { cells: Mutex::new(VecDeque::new()) }
    }

    /// A cell without a handle: one that has rested, or a new one.
    fn take(&self) -> &'static Cell<T> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() > RESTING
            && let Some(cell) = cells.pop_front()
        {
            return cell;
        }
        drop(cells);
        let cell = Cell { mark: AtomicU64::new(FREE), tag: AtomicU64::new(0), value: UnsafeCell::new(None) };
        Box::leak(Box::new(cell))
    }

    fn give_back(&self, cell: &'static Cell<T>) {
        self.cells.lock().unwrap_or_else(PoisonError::into_inner).push_back(cell);
    }
}

/// A new handle that holds `value`, with a number that can be read without reaching the value.
pub(crate) fn new<K: Kind>(value: K::Value, tag: u64) -> *mut K {
    let value = Box::new(value);
    let cell = K::pool().take();
    // SAFETY: the cell is in no pool and has no mark, so that nobody else reaches its value.
    unsafe { *cell.value.get() = Some(value) };
    cell.tag.store(tag, Ordering::Relaxed);
    cell.mark.store(K::MARK, Ordering::Release);
    ptr::from_ref(cell).cast_mut().cast()
}

/// The cell of a handle that is live or busy.
///
/// # Safety
///
/// `handle` is null, was made by [`new`], or points to memory of which eight bytes can be read.
unsafe fn cell<K: Kind>(handle: *const K) -> Result<(&'static Cell<K::Value>, u64), ResultCode> {
    if handle.is_null() {
        return Err(DOORWARD_RESULT_NULL_ARGUMENT);
    }
    let cell = handle.cast::<Cell<K::Value>>();
    if !cell.is_aligned() {
        return Err(DOORWARD_RESULT_BAD_HANDLE);
    }
    // SAFETY: aligned, as just checked, and readable by the caller's promise; the mark is the first field of every cell.
    let mark = unsafe { &*cell.cast::<AtomicU64>() }.load(Ordering::Acquire);
    if mark | BUSY != K::MARK | BUSY {
        return Err(DOORWARD_RESULT_BAD_HANDLE);
    }
    // SAFETY: memory with the mark of this kind is a cell of this kind, and cells are never freed.
    Ok((unsafe { &*cell }, mark))
}

/// The number that was given with the value. It can be read while another thread frees the handle.
///
/// # Safety
///
/// As for [`share`], but for what is said of other threads.
pub(crate) unsafe fn tag<K: Kind>(handle: *const K) -> Result<u64, ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    let (cell, _) = unsafe { cell(handle) }?;
    Ok(cell.tag.load(Ordering::Relaxed))
}

/// The value of a handle, shared.
///
/// # Safety
///
/// `handle` is null, was made by [`new`], or points to memory of which eight bytes can be read; it is not freed during `'h`, and
/// handles of this kind are never locked.
pub(crate) unsafe fn share<'h, K: Kind>(handle: *const K) -> Result<&'h K::Value, ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    let (cell, _) = unsafe { cell(handle) }?;
    // SAFETY: the mark is live, so that the value is complete, and only `free` takes it away: not now, by the promise.
    unsafe { &*cell.value.get() }.as_deref().ok_or(DOORWARD_RESULT_BAD_HANDLE)
}

/// The value of a handle, for one call alone.
///
/// # Safety
///
/// `handle` is null, was made by [`new`], or points to memory of which eight bytes can be read; handles of this kind are
/// never shared.
pub(crate) unsafe fn lock<'h, K: Kind>(handle: *mut K) -> Result<Locked<'h, K>, ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    let (cell, _) = unsafe { cell(handle.cast_const()) }?;
    match cell.mark.compare_exchange(K::MARK, K::MARK | BUSY, Ordering::Acquire, Ordering::Relaxed) {
        Ok(_) => {}
        Err(FREE) => return Err(DOORWARD_RESULT_BAD_HANDLE),
        Err(_) => return Err(DOORWARD_RESULT_SCRATCH_BUSY),
    }
    let unlock = Unlock { mark: &cell.mark, live: K::MARK };
    // SAFETY: whoever changed the mark from live to busy has the value alone until the mark is live again.
    let value = unsafe { &mut *cell.value.get() }.as_deref_mut().ok_or(DOORWARD_RESULT_BAD_HANDLE)?;
    Ok(Locked { value, tag: cell.tag.load(Ordering::Relaxed), _unlock: unlock })
}

/// A value that a call has for itself; a panic gives it back, too.
pub(crate) struct Locked<'h, K: Kind> {
    pub(crate) value: &'h mut K::Value,
    pub(crate) tag: u64,
    _unlock: Unlock<'h>,
}

struct Unlock<'h> {
    mark: &'h AtomicU64,
    live: u64,
}

impl Drop for Unlock<'_> {
    fn drop(&mut self) {
        self.mark.store(self.live, Ordering::Release);
    }
}

/// Frees a handle. What is null, free already, of another kind or locked is left alone.
///
/// # Safety
///
/// `handle` is null, was made by [`new`], or points to memory of which eight bytes can be read; nobody else shares its value.
pub(crate) unsafe fn free<K: Kind>(handle: *mut K) {
    // SAFETY: the caller's promise, which is the same.
    let Ok((cell, _)) = (unsafe { cell(handle.cast_const()) }) else { return };
    if cell.mark.compare_exchange(K::MARK, FREE, Ordering::AcqRel, Ordering::Relaxed).is_err() {
        return;
    }
    // SAFETY: whoever changed the mark from live to free has the value alone.
    let value = unsafe { &mut *cell.value.get() }.take();
    K::pool().give_back(cell);
    drop(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Thing;

    static THINGS: Pool<u32> = Pool::new();

    impl Kind for Thing {
        type Value = u32;
        const MARK: u64 = 0x7468_696e_6731_3233 & !BUSY;

        fn pool() -> &'static Pool<u32> {
            &THINGS
        }
    }

    /// One test for all, since they share a pool.
    #[test]
    fn a_freed_handle_is_told_from_a_live_one() {
        let handle = new::<Thing>(7, 3);
        // SAFETY: made by `new`; nothing is shared while it is locked or freed.
        unsafe {
            assert_eq!(tag(handle), Ok(3));
            assert_eq!(share(handle), Ok(&7));
            let locked = lock(handle).unwrap();
            assert_eq!(lock(handle).err(), Some(DOORWARD_RESULT_SCRATCH_BUSY));
            free(handle); // left alone, since it is locked
            assert_eq!(*locked.value, 7);
            drop(locked);
            free(handle);
            assert_eq!(share(handle), Err(DOORWARD_RESULT_BAD_HANDLE));
            assert_eq!(lock(handle).err(), Some(DOORWARD_RESULT_BAD_HANDLE));
            free(handle);
            // Freed twice, it rests once: of so many new ones no two are the same, nor is any of them the old one.
            let mut others: Vec<_> = (0..RESTING).map(|_| new::<Thing>(8, 0)).collect();
            assert!(!others.contains(&handle));
            assert_eq!(share(handle), Err(DOORWARD_RESULT_BAD_HANDLE));
            others.iter().for_each(|other| free(*other));
            others.sort_unstable();
            others.dedup();
            assert_eq!(others.len(), RESTING);
            // By now it has rested, and no cell is made for one more.
            assert_eq!(new::<Thing>(9, 0), handle);
            assert_eq!(share(handle), Ok(&9));
        }
        // SAFETY: null is fine.
        assert_eq!(unsafe { share::<Thing>(ptr::null()) }, Err(DOORWARD_RESULT_NULL_ARGUMENT));
    }
}
