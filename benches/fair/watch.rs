//! What the binary takes of the machine: memory, and disk for files without a name; and how busy the machine is.

use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::common::{Outcome, peak_memory};

/// The time between two looks at the open files.
const PAUSE: Duration = Duration::from_millis(200);

/// Watches a process.
pub struct Watch {
    process: u32,
    done: Arc<AtomicBool>,
    /// Returns the largest size of the files at one time, in bytes.
    thread: JoinHandle<u64>,
}

/// What was seen, in megabytes.
pub struct Seen {
    /// The peak of memory.
    pub memory: f64,
    /// The peak of the space that deleted files took which the process had open.
    pub spooled: f64,
}

impl Watch {
    /// Begins. What the process took before does not count.
    pub fn start(process: u32) -> Outcome<Self> {
        // Linux sets the peak of memory to the present size.
        fs::write(format!("/proc/{process}/clear_refs"), "5")?;
        let done = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&done);
        let thread = thread::spawn(move || {
            let mut most = 0;
            while !until.load(Ordering::Relaxed) {
                most = most.max(spooled(process).unwrap_or(0));
                thread::sleep(PAUSE);
            }
            most
        });
        Ok(Self { process, done, thread })
    }

    pub fn end(self) -> Outcome<Seen> {
        self.done.store(true, Ordering::Relaxed);
        let most = self.thread.join().map_err(|_| "the watch panicked")?;
        let memory = peak_memory(&self.process.to_string())?;
        #[expect(clippy::cast_precision_loss, reason = "sizes of files")]
        Ok(Seen { memory, spooled: most as f64 / f64::from(1 << 20) })
    }
}

/// The size of all deleted files that a process has open.
fn spooled(process: u32) -> io::Result<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(format!("/proc/{process}/fd"))? {
        let path = entry?.path();
        // A file may be closed while we look.
        let Ok(target) = fs::read_link(&path) else { continue };
        if target.to_string_lossy().ends_with(" (deleted)") {
            sum += fs::metadata(&path).map_or(0, |file| file.len());
        }
    }
    Ok(sum)
}

/// The time that all cores have spent, in the system's units.
#[derive(Clone, Copy)]
pub struct Cores {
    busy: f64,
    all: f64,
}

impl Cores {
    pub fn now() -> Outcome<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let line = stat.lines().next().unwrap_or_default();
        let times: Vec<f64> = line.split_whitespace().skip(1).filter_map(|time| time.parse().ok()).collect();
        // Idle, and waiting for the disk.
        let all: f64 = times.iter().take(8).sum();
        Ok(Self { busy: all - times.iter().skip(3).take(2).sum::<f64>(), all })
    }

    /// The part of the time since then in which the cores were busy.
    pub fn busy_since(self, then: Self) -> f64 {
        (self.busy - then.busy) / (self.all - then.all).max(1.0)
    }
}
