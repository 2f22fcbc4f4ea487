//! Which files have changed, by looking at them now and then.
//!
//! Looking works on every file system and through every layer of links: Kubernetes swaps a link two levels above the file,
//! and notifications of the system's watch the wrong one then, or are lost on network and overlay mounts.

use core::time::Duration;
use doorward_core::limits;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

/// The files that are looked at.
#[derive(Debug, Default)]
pub(super) struct Watch {
    files: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    path: PathBuf,
    /// How it looked when it was handed out last; `None` before that.
    handed: Option<Look>,
    /// How it looked last, and since when it has looked like that.
    seen: Option<(Look, Instant)>,
    /// From when on it is handed out although it has not changed.
    again: Option<Instant>,
}

impl Watched {
    fn is_settling(&self) -> bool {
        self.seen.as_ref().is_none_or(|(seen, _)| self.handed.as_ref() != Some(seen))
    }
}

/// What can be seen of a file without reading it; `None` where it is not there.
type Look = Option<Print>;

/// What changes when a file is written, replaced, or when a link on the way to it is.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Print {
    modified: Option<SystemTime>,
    len: u64,
    node: Node,
}

impl Watch {
    /// Looks at these files from now on; each counts as changed at first, so that nothing is lost between the time when
    /// others have read it and now.
    pub(super) fn new(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut files: Vec<Watched> = Vec::new();
        for path in paths {
            if files.iter().all(|file| file.path != path) {
                files.push(Watched { path, handed: None, seen: None, again: None });
            }
        }
        Self { files }
    }

    /// The files that have changed, and that have looked the same for [`limits::WATCH_SETTLE_MILLIS`]: whoever writes in
    /// place truncates first, and a half-written list of revocations may well be readable.
    pub(super) fn changed(&mut self, now: Instant) -> Vec<PathBuf> {
        let settle = Duration::from_millis(limits::WATCH_SETTLE_MILLIS);
        let mut changed = Vec::new();
        for file in &mut self.files {
            let look = look(&file.path);
            match &file.seen {
                Some((seen, since)) if *seen == look => {
                    let settled = now.saturating_duration_since(*since) >= settle;
                    let again = file.again.is_some_and(|again| again <= now);
                    if settled && (again || file.handed.as_ref() != Some(&look)) {
                        file.handed = Some(look);
                        file.again = None;
                        changed.push(file.path.clone());
                    }
                }
                _ => file.seen = Some((look, now)),
            }
        }
        changed
    }

    /// Whether the file still looks as when it was handed out. Asked after reading it: what was read may else be of two
    /// files, and the next look hands it out again.
    pub(super) fn still(&self, path: &Path) -> bool {
        let file = self.files.iter().find(|file| file.path == path);
        file.is_some_and(|file| file.handed.as_ref() == Some(&look(path)))
    }

    /// Has a file handed out once more, [`limits::WATCH_EVERY`] from now: it could not be read, and that may pass without a trace
    /// in how it looks.
    pub(super) fn hand_out_again(&mut self, path: &Path, now: Instant) {
        if let Some(file) = self.files.iter_mut().find(|file| file.path == path) {
            file.again = now.checked_add(Duration::from_secs(limits::WATCH_EVERY));
        }
    }

    /// How long until the next look; `None` if there are no files.
    pub(super) fn wait(&self) -> Option<Duration> {
        if self.files.is_empty() {
            None
        } else if self.files.iter().any(Watched::is_settling) {
            Some(Duration::from_millis(limits::WATCH_SETTLE_MILLIS))
        } else {
            Some(Duration::from_secs(limits::WATCH_EVERY))
        }
    }
}

/// Why a file could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ReadFault {
    /// A sentence, lower case, no full stop.
    pub(crate) detail: String,
    /// Whether it may be read later though it stays as it is: there was no descriptor, or the disk or the network failed.
    pub(crate) may_pass: bool,
}

impl ReadFault {
    /// What is wrong with the file itself.
    pub(crate) fn of_file(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), may_pass: false }
    }
}

impl From<std::io::Error> for ReadFault {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::of_file("no such file"),
            ErrorKind::InvalidData => Self::of_file("expected UTF-8 text"),
            _ => Self { detail: error.to_string().to_lowercase(), may_pass: true },
        }
    }
}

/// Reads a file of at most so many bytes.
///
/// # Errors
///
/// Gone, unreadable, too large, or not UTF-8.
pub(crate) fn read(path: &Path, most: u64) -> Result<String, ReadFault> {
    let mut text = String::new();
    // One byte more than allowed shows that there is more, whatever the file claims to be.
    std::fs::File::open(path)?.take(most.saturating_add(1)).read_to_string(&mut text)?;
    if u64::try_from(text.len()).is_ok_and(|len| len <= most) {
        Ok(text)
    } else {
        Err(ReadFault::of_file(format!("expected at most {most} bytes, found more")))
    }
}

fn look(path: &Path) -> Look {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Print { modified: metadata.modified().ok(), len: metadata.len(), node: Node::of(&metadata) })
}

/// Which file it is, and when it or its name was last touched: a copy that keeps its time of modification and its length is
/// another file all the same.
#[cfg(unix)]
#[derive(Clone, Debug, Eq, PartialEq)]
struct Node {
    device: u64,
    inode: u64,
    changed: (i64, i64),
}

#[cfg(unix)]
impl Node {
    fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Which file it is, as far as that can be told here.
#[cfg(not(unix))]
#[derive(Clone, Debug, Eq, PartialEq)]
struct Node {
    created: Option<SystemTime>,
}

#[cfg(not(unix))]
impl Node {
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self { created: metadata.created().ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, gone with the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("doorward-watch-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
    }

    /// A watch over one file, with a clock of its own.
    struct Looking {
        watch: Watch,
        now: Instant,
    }

    impl Looking {
        fn at(path: &Path) -> Self {
            Self { watch: Watch::new([path.to_path_buf()]), now: Instant::now() }
        }

        fn after(&mut self, millis: u64) -> usize {
            self.now += Duration::from_millis(millis);
            self.watch.changed(self.now).len()
        }
    }

    #[test]
    fn the_first_look_counts_as_a_change_and_an_untouched_file_never_again() {
        let folder = Folder::new("first");
        let file = folder.0.join("keys.json");
        std::fs::write(&file, "1").unwrap();
        let mut looking = Looking::at(&file);
        assert_eq!(
            [looking.after(0), looking.after(250), looking.after(2_000), looking.after(9_000)],
            [0, 1, 0, 0]
        );
        assert_eq!(looking.watch.wait(), Some(Duration::from_secs(2)));
        assert_eq!(Watch::default().wait(), None);
    }

    #[test]
    fn a_rename_over_the_file_is_seen_though_time_and_length_are_the_same() {
        let folder = Folder::new("rename");
        let (file, next) = (folder.0.join("keys.json"), folder.0.join("next"));
        std::fs::write(&file, "1").unwrap();
        std::fs::write(&next, "2").unwrap();
        let time = std::fs::metadata(&file).unwrap().modified().unwrap();
        std::fs::File::options().write(true).open(&next).unwrap().set_modified(time).unwrap();
        let mut looking = Looking::at(&file);
        assert_eq!([looking.after(0), looking.after(250), looking.after(2_000)], [0, 1, 0]);
        std::fs::rename(&next, &file).unwrap();
        assert_eq!([looking.after(2_000), looking.after(250), looking.after(2_000)], [0, 1, 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_is_swapped_two_levels_above_is_seen() {
        // What Kubernetes does: keys.json -> ..data/keys.json, and ..data -> a folder with a new name.
        let folder = Folder::new("links");
        for (name, text) in [("v1", "1"), ("v2", "2")] {
            std::fs::create_dir(folder.0.join(name)).unwrap();
            std::fs::write(folder.0.join(name).join("keys.json"), text).unwrap();
        }
        std::os::unix::fs::symlink("v1", folder.0.join("..data")).unwrap();
        let file = folder.0.join("keys.json");
        std::os::unix::fs::symlink("..data/keys.json", &file).unwrap();
        let mut looking = Looking::at(&file);
        assert_eq!([looking.after(0), looking.after(250)], [0, 1]);
        std::os::unix::fs::symlink("v2", folder.0.join("..next")).unwrap();
        std::fs::rename(folder.0.join("..next"), folder.0.join("..data")).unwrap();
        assert_eq!([looking.after(2_000), looking.after(250), looking.after(2_000)], [0, 1, 0]);
        assert_eq!(read(&file, 10), Ok("2".to_owned()));
    }

    #[test]
    fn a_file_that_is_being_written_is_not_handed_out_before_it_rests() {
        let folder = Folder::new("written");
        let file = folder.0.join("keys.json");
        std::fs::write(&file, "1").unwrap();
        let mut looking = Looking::at(&file);
        assert_eq!([looking.after(0), looking.after(250)], [0, 1]);
        for text in ["", "{", "{\"keys\":"] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(looking.after(240), 0, "{text}");
        }
        std::fs::write(&file, "{\"keys\":[]}").unwrap();
        assert_eq!([looking.after(240), looking.after(240), looking.after(10)], [0, 0, 1]);
        assert!(looking.watch.still(&file));
        std::fs::write(&file, "changed while it was read").unwrap();
        assert!(!looking.watch.still(&file));
    }

    #[test]
    fn a_file_that_vanishes_is_handed_out_once_and_again_when_it_is_back() {
        let folder = Folder::new("gone");
        let file = folder.0.join("keys.json");
        let mut looking = Looking::at(&file);
        assert_eq!([looking.after(0), looking.after(250), looking.after(2_000)], [0, 1, 0]);
        assert_eq!(read(&file, 10), Err(ReadFault::of_file("no such file")));
        std::fs::write(&file, "1").unwrap();
        assert_eq!([looking.after(2_000), looking.after(250), looking.after(2_000)], [0, 1, 0]);
        std::fs::remove_file(&file).unwrap();
        assert_eq!([looking.after(2_000), looking.after(250), looking.after(2_000)], [0, 1, 0]);
    }

    #[test]
    fn one_path_is_looked_at_once_and_a_file_has_a_largest_size() {
        let folder = Folder::new("size");
        let file = folder.0.join("keys.json");
        std::fs::write(&file, "12345").unwrap();
        assert_eq!(Watch::new([file.clone(), file.clone()]).files.len(), 1);
        assert_eq!(read(&file, 5), Ok("12345".to_owned()));
        assert_eq!(read(&file, 4), Err(ReadFault::of_file("expected at most 4 bytes, found more")));
        std::fs::write(&file, [0xff]).unwrap();
        assert_eq!(read(&file, 5), Err(ReadFault::of_file("expected UTF-8 text")));
    }

    #[test]
    fn a_file_that_could_not_be_read_is_handed_out_again_though_it_looks_the_same() {
        let folder = Folder::new("unread");
        // Opening it is no trouble, reading it is, as with a disk that fails.
        let file = folder.0.join("keys.json");
        std::fs::create_dir(&file).unwrap();
        assert!(read(&file, 10).unwrap_err().may_pass);
        let mut looking = Looking::at(&file);
        assert_eq!([looking.after(0), looking.after(250)], [0, 1]);
        looking.watch.hand_out_again(&file, looking.now);
        assert_eq!(looking.watch.wait(), Some(Duration::from_secs(2)), "not as often as while it settles");
        assert_eq!([looking.after(1_999), looking.after(1), looking.after(9_000)], [0, 1, 0]);
        looking.watch.hand_out_again(&file, looking.now);
        std::fs::remove_dir(&file).unwrap();
        std::fs::write(&file, "1").unwrap();
        assert_eq!(
            [looking.after(9_000), looking.after(250), looking.after(9_000)],
            [0, 1, 0],
            "once is enough"
        );
    }
}
