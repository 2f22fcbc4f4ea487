//! Memory of the caller, read and written after the checks that can be made.

use crate::result::{
    DOORWARD_RESULT_BAD_SIZE, DOORWARD_RESULT_BAD_VALUE, DOORWARD_RESULT_NULL_ARGUMENT, ResultCode,
};
use crate::test_panic;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::{ptr, slice};

/// Longer than any version of a struct will be, so that a `size` that was never set is not followed far.
const SIZE_MAX: usize = 4096;

/// The items that a pointer and a number name; none for null and 0.
///
/// # Safety
///
/// `data` is null or points to `len` items that can be read, and that do not change during `'b`.
pub(crate) unsafe fn read<'b, T>(data: *const T, len: usize) -> Result<&'b [T], ResultCode> {
    if data.is_null() {
        return if len == 0 { Ok(&[]) } else { Err(DOORWARD_RESULT_NULL_ARGUMENT) };
    }
    check_aligned(data)?;
    let bytes = len.checked_mul(size_of::<T>()).and_then(|bytes| isize::try_from(bytes).ok());
    if bytes.is_none() {
        return Err(DOORWARD_RESULT_BAD_SIZE);
    }
    // SAFETY: not null, aligned and of a possible length, as just checked; readable and unchanged by the caller's promise.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// A struct that begins with its size.
///
/// # Safety
///
/// The struct is `repr(C)`, its first field is its size as a `usize`, all its bytes may be zero, and no version of it was
/// shorter than `FIRST`.
pub(crate) unsafe trait Versioned: Copy {
    /// The size of the first version.
    const FIRST: usize;
}

/// A struct of the caller. What an earlier version lacks is zero; what a later version adds must be zero, since it would
/// ask for something that nobody here knows.
///
/// `room` is used only where the caller's version is not ours.
///
/// # Safety
///
/// `from` is null or points to a struct of some version, of which as many bytes as its size says can be read, and do not
/// change while what is returned lives.
#[inline]
pub(crate) unsafe fn read_versioned<T: Versioned>(
    from: *const T,
    room: &mut MaybeUninit<T>,
) -> Result<&T, ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    let size = unsafe { size_of_versioned(from) }?;
    if size == size_of::<T>() {
        // SAFETY: not null and aligned, as `size_of_versioned` checked; as long as `T` by its own word, and any bytes of a
        // caller are one.
        return Ok(unsafe { &*from });
    }
    // SAFETY: the caller's promise, which is the same, and the size as just read.
    unsafe { read_other_version(from, size, room) }
}

/// # Safety
///
/// As for [`read_versioned`], and `size` is the struct's.
#[cold]
unsafe fn read_other_version<T: Versioned>(
    from: *const T,
    size: usize,
    room: &mut MaybeUninit<T>,
) -> Result<&T, ResultCode> {
    *room = MaybeUninit::zeroed();
    let known = size.min(size_of::<T>());
    // SAFETY: `known` bytes are there on both sides, and `room` is ours alone.
    unsafe { ptr::copy_nonoverlapping(from.cast::<u8>(), room.as_mut_ptr().cast::<u8>(), known) };
    // SAFETY: `size` bytes are there, of which `known` are left out.
    let rest = unsafe { slice::from_raw_parts(from.cast::<u8>().add(known), size.saturating_sub(known)) };
    if rest.iter().any(|byte| *byte != 0) {
        return Err(DOORWARD_RESULT_BAD_SIZE);
    }
    // SAFETY: zeros are a `T` by the promise of `Versioned`, and so is what a caller has written over them.
    Ok(unsafe { room.assume_init_ref() })
}

/// # Safety
///
/// As for [`read_versioned`].
unsafe fn size_of_versioned<T: Versioned>(from: *const T) -> Result<usize, ResultCode> {
    if from.is_null() {
        return Err(DOORWARD_RESULT_NULL_ARGUMENT);
    }
    check_aligned(from)?;
    // SAFETY: not null and aligned, as just checked; the first field is the size by the promise of `Versioned`.
    let size = unsafe { from.cast::<usize>().read() };
    if (T::FIRST..=SIZE_MAX).contains(&size) { Ok(size) } else { Err(DOORWARD_RESULT_BAD_SIZE) }
}

fn check_aligned<T>(data: *const T) -> Result<(), ResultCode> {
    if data.is_aligned() { Ok(()) } else { Err(DOORWARD_RESULT_BAD_VALUE) }
}

/// A place of the caller's that is written once, at the end of a call that succeeded.
pub(crate) struct Out<'o, T> {
    to: *mut T,
    lifetime: PhantomData<&'o mut T>,
}

impl<T> Out<'_, T> {
    /// The place that a pointer names.
    ///
    /// # Safety
    ///
    /// `to` is null or points to a `T` that can be written.
    pub(crate) unsafe fn new(to: *mut T) -> Result<Self, ResultCode> {
        if to.is_null() {
            return Err(DOORWARD_RESULT_NULL_ARGUMENT);
        }
        check_aligned(to.cast_const())?;
        Ok(Self { to, lifetime: PhantomData })
    }

    /// Writes what `make` makes.
    pub(crate) fn put(self, make: impl FnOnce() -> T) {
        test_panic::before_output();
        let value = make();
        // SAFETY: not null and aligned, as `new` checked, and writable by the promise made to it.
        unsafe { self.to.write(value) };
    }
}

/// The same for a struct that begins with its size.
pub(crate) struct OutVersioned<'o, T> {
    to: *mut T,
    size: usize,
    lifetime: PhantomData<&'o mut T>,
}

impl<T: Versioned> OutVersioned<'_, T> {
    /// The place that a pointer names.
    ///
    /// # Safety
    ///
    /// `to` is null or points to a struct of some version, of which as many bytes as its size says can be written.
    pub(crate) unsafe fn new(to: *mut T) -> Result<Self, ResultCode> {
        // SAFETY: the caller's promise; of an output at least the size was set.
        let size = unsafe { size_of_versioned(to.cast_const()) }?;
        Ok(Self { to, size, lifetime: PhantomData })
    }

    /// Writes as much of a value as the caller's version has; what a later version adds is zero. `fill` gets a value of
    /// zeros but for its size: filled in place, it is not copied.
    #[inline]
    pub(crate) fn put(self, fill: impl FnOnce(&mut T)) {
        test_panic::before_output();
        let mut room = MaybeUninit::uninit();
        let is_ours = self.size == size_of::<T>();
        let to: &mut MaybeUninit<T> = if is_ours {
            // SAFETY: not null and aligned, as `new` checked, and writable by the promise made to it; what was there does
            // not need to be a `T`.
            unsafe { &mut *self.to.cast() }
        } else {
            &mut room
        };
        *to = MaybeUninit::zeroed();
        // SAFETY: zeros are a `T` by the promise of `Versioned`.
        let value = unsafe { to.assume_init_mut() };
        // SAFETY: the size comes first by the promise of `Versioned`.
        unsafe { ptr::from_mut(value).cast::<usize>().write(self.size) };
        fill(value);
        if !is_ours {
            self.put_other_version(value);
        }
    }

    #[cold]
    fn put_other_version(self, value: &T) {
        let known = self.size.min(size_of::<T>());
        let to = self.to.cast::<u8>();
        // SAFETY: `known` bytes are there on both sides, and `value` lies elsewhere.
        unsafe { ptr::copy_nonoverlapping(ptr::from_ref(value).cast::<u8>(), to, known) };
        // SAFETY: `size` bytes are there, of which `known` are written already.
        unsafe { ptr::write_bytes(to.add(known), 0, self.size.saturating_sub(known)) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::offset_of;

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Grown {
        size: usize,
        old: u64,
        new: u64,
    }

    // SAFETY: `repr(C)`, the size comes first, zeros are fine, and the first version ended before `new`.
    unsafe impl Versioned for Grown {
        const FIRST: usize = offset_of!(Grown, new);
    }

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Later {
        now: Grown,
        unknown: u64,
    }

    fn later(size: usize, unknown: u64) -> Later {
        Later { now: Grown { size, old: 1, new: 2 }, unknown }
    }

    /// What is read of a struct, which must be as long as its size says.
    fn read_as_ours(from: &Later) -> Result<Grown, ResultCode> {
        let mut room = MaybeUninit::uninit();
        // SAFETY: all structs of these tests are at least as long as their sizes say.
        unsafe { read_versioned(ptr::from_ref(from).cast::<Grown>(), &mut room) }.copied()
    }

    #[test]
    fn an_earlier_callers_struct_is_filled_up_with_zeros() {
        let read = read_as_ours(&later(Grown::FIRST, 9)).unwrap();
        assert_eq!((read.old, read.new), (1, 0));
        let read = read_as_ours(&later(size_of::<Grown>(), 9)).unwrap();
        assert_eq!((read.old, read.new), (1, 2));
    }

    #[test]
    fn a_later_callers_struct_may_ask_for_nothing_unknown() {
        let size = size_of::<Later>();
        assert_eq!(read_as_ours(&later(size, 0)).map(|read| read.new), Ok(2));
        assert_eq!(read_as_ours(&later(size, 1)).err(), Some(DOORWARD_RESULT_BAD_SIZE));
    }

    #[test]
    fn an_output_is_never_written_past_the_callers_size() {
        for (size, new, unknown) in
            [(Grown::FIRST, 2, 9), (size_of::<Grown>(), 8, 9), (size_of::<Later>(), 8, 0)]
        {
            let mut to = later(size, 9);
            // SAFETY: the struct is at least as long as its size says.
            let out = unsafe { OutVersioned::new(ptr::from_mut(&mut to).cast::<Grown>()) }.unwrap();
            out.put(|value| (value.old, value.new) = (7, 8));
            assert_eq!((to.now.size, to.now.old, to.now.new, to.unknown), (size, 7, new, unknown));
        }
    }

    #[test]
    fn a_size_below_the_first_version_or_beyond_all_is_refused() {
        for size in [0, 8, Grown::FIRST - 1, SIZE_MAX + 1, usize::MAX] {
            let mut to = later(size, 9);
            // SAFETY: nothing is followed before the size is found good.
            let out = unsafe { OutVersioned::new(&raw mut to.now) };
            assert_eq!(out.err(), Some(DOORWARD_RESULT_BAD_SIZE), "{size}");
        }
    }
}
