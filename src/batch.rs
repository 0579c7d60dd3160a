//! Many chunks at once: hands items to the threads of one call. Threads live no longer than the call.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, Scope};
use std::time::Duration;

use crate::core::panic::contained;
use crate::core::{Call, Error, Result};

/// How often the calling thread asks the caller whether to go on, while others work.
const POLL: Duration = Duration::from_millis(20);

/// What became of an item; `None` = it was never started.
pub type Outcome = Option<Result<usize>>;

/// One item of a batch: its number, and the part of the call that is its own.
type Work<'w> = dyn Fn(usize, Call<'_>) -> Result<usize> + Sync + 'w;

/// Does `work` for the items `0..n`. With `concurrent` the threads of the call share them, else the calling thread does all.
pub fn run(n: usize, call: &Call<'_>, concurrent: bool, work: &Work<'_>) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    outcomes.try_reserve_exact(n).map_err(|_| Error::memory((n * size_of::<Outcome>()) as u64))?;
    outcomes.resize_with(n, || None);
    let threads = if concurrent { call.nthreads().min(n) } else { 1 };
    let shared =
        Shared { n, inner: (call.nthreads() / threads.max(1)).max(1), next: AtomicUsize::new(0), stop: AtomicBool::new(false), work };
    let mut report = Report { call, outcomes: &mut outcomes, done: 0, shared: &shared };
    if threads < 2 {
        report.work_here();
    } else {
        std::thread::scope(|scope| report.work_with(scope, threads));
    }
    Ok(outcomes)
}

/// What all threads of a batch see.
struct Shared<'s> {
    n: usize,
    /// Threads that each item may use.
    inner: usize,
    next: AtomicUsize,
    stop: AtomicBool,
    work: &'s Work<'s>,
}

impl Shared<'_> {
    /// The next item that nobody has taken yet.
    fn take(&self) -> Option<usize> {
        let free = |i: usize| (i < self.n).then_some(i + 1);
        if self.stop.load(Relaxed) { None } else { self.next.fetch_update(Relaxed, Relaxed, free).ok() }
    }

    /// Does one item. A panic is a bug of ours that costs this item alone.
    fn item(&self, i: usize, call: Call<'_>) -> Result<usize> {
        contained(|| (self.work)(i, call))
    }

    /// The loop of a thread that is not the caller's. Only somebody who follows the call can stop an item that runs; codecs that can
    /// stop are slower.
    fn serve(&self, call: &Call<'_>, followed: bool, to: &Sender<(usize, Result<usize>)>) {
        let go_on = |_, _| !self.stop.load(Relaxed);
        let progress: Option<&dyn Fn(u64, u64) -> bool> = if followed { Some(&go_on) } else { None };
        while let Some(i) = self.take() {
            let outcome = self.item(i, call.share(self.inner, progress));
            if to.send((i, outcome)).is_err() {
                return;
            }
        }
    }
}

/// The calling thread: it alone speaks to the caller.
struct Report<'r> {
    call: &'r Call<'r>,
    outcomes: &'r mut Vec<Outcome>,
    done: usize,
    shared: &'r Shared<'r>,
}

impl Report<'_> {
    fn work_here(&mut self) {
        while let Some(i) = self.shared.take() {
            let (done, n) = (self.done as u64, self.shared.n as u64);
            let go_on = |_, _| self.call.checkpoint(done, n).is_ok();
            let progress: Option<&dyn Fn(u64, u64) -> bool> = if self.call.is_followed() { Some(&go_on) } else { None };
            let outcome = self.shared.item(i, self.call.share(self.shared.inner, progress));
            self.keep(i, outcome);
        }
    }

    /// Starts threads and waits for them. Somebody who follows the call is asked regularly, so this thread then only waits.
    fn work_with<'s>(&mut self, scope: &'s Scope<'s, '_>, threads: usize)
    where
        Self: 's,
    {
        let (to, from) = channel();
        let shared = self.shared;
        let limits = self.call.limits();
        let followed = self.call.is_followed();
        let wanted = if followed { threads } else { threads - 1 };
        let mut started = Vec::new();
        for _ in 0..wanted {
            let to = to.clone();
            let help = move || shared.serve(&Call::new(limits, None), followed, &to);
            match Builder::new().spawn_scoped(scope, help) {
                Ok(thread) => started.push(thread),
                Err(_) => break,
            }
        }
        drop(to);
        if !followed || started.is_empty() {
            self.work_here(); // also where the system gave no thread
        }
        self.wait(&from);
        // The end of the scope waits for the work only, not until a thread has left the library, which may be unloaded next.
        started.into_iter().for_each(|thread| drop(thread.join()));
    }

    fn wait(&mut self, from: &Receiver<(usize, Result<usize>)>) {
        loop {
            match from.recv_timeout(POLL) {
                Ok((i, outcome)) => self.keep(i, outcome),
                Err(RecvTimeoutError::Timeout) => self.ask(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn keep(&mut self, i: usize, outcome: Result<usize>) {
        if let Some(place) = self.outcomes.get_mut(i) {
            *place = Some(outcome);
        }
        self.done += 1;
        self.ask();
    }

    fn ask(&self) {
        if self.call.checkpoint(self.done as u64, self.shared.n as u64).is_err() {
            self.shared.stop.store(true, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::core::Kind;
    use std::cell::Cell;
    use std::sync::Mutex;
    use std::thread::{current, sleep};

    use super::*;
    use crate::core::call::Limits;

    fn limits(nthreads: usize) -> Limits {
        let mut limits = Limits::new(None, None);
        limits.nthreads = nthreads;
        limits
    }

    fn numbers(outcomes: &[Outcome]) -> Vec<Option<usize>> {
        outcomes.iter().map(|o| o.as_ref().and_then(|r| r.as_ref().ok().copied())).collect()
    }

    #[test]
    fn every_item_is_done_once_whatever_the_threads() {
        for nthreads in [1, 2, 3, 50] {
            let limits = limits(nthreads);
            let seen = Mutex::new(vec![0; 40]);
            let work = |i: usize, _: Call<'_>| {
                seen.lock().expect("no panic")[i] += 1;
                Ok(i * i)
            };
            let outcomes = run(40, &Call::new(&limits, None), true, &work).expect("memory");
            assert_eq!(numbers(&outcomes), (0..40).map(|i| Some(i * i)).collect::<Vec<_>>());
            assert_eq!(*seen.lock().expect("no panic"), vec![1; 40]);
        }
        assert!(run(0, &Call::new(&limits(4), None), true, &|_, _| Ok(0)).expect("memory").is_empty());
    }

    #[test]
    fn one_bad_item_does_not_lose_the_others() {
        let limits = limits(2);
        let work = |i: usize, _: Call<'_>| if i == 2 { Err(Error::data("bad")) } else { Ok(i) };
        let outcomes = run(4, &Call::new(&limits, None), true, &work).expect("memory");
        assert_eq!(numbers(&outcomes), [Some(0), Some(1), None, Some(3)]);
        assert_eq!(outcomes[2].as_ref().and_then(|r| r.as_ref().err()).map(Error::kind), Some(Kind::Data));
    }

    #[test]
    fn threads_are_shared_between_items_and_inside() {
        let limits = limits(6);
        let inside = Mutex::new(Vec::new());
        let work = |_, call: Call<'_>| {
            inside.lock().expect("no panic").push(call.nthreads());
            Ok(0)
        };
        run(2, &Call::new(&limits, None), true, &work).expect("memory");
        assert_eq!(*inside.lock().expect("no panic"), [3, 3]);
    }

    #[test]
    fn a_codec_that_is_not_concurrent_stays_on_the_calling_thread() {
        let (limits, here) = (limits(4), current().id());
        let work = |_, _: Call<'_>| if current().id() == here { Ok(1) } else { Err(Error::data("elsewhere")) };
        let outcomes = run(9, &Call::new(&limits, None), false, &work).expect("memory");
        assert_eq!(numbers(&outcomes), [Some(1); 9]);
    }

    #[test]
    fn progress_runs_here_and_stops_items_that_run() {
        for nthreads in [1, 2] {
            let (limits, here) = (limits(nthreads), current().id());
            let asked = Cell::new(0);
            let follow = |done: u64, total: u64| {
                assert_eq!((current().id(), total), (here, 100));
                asked.set(asked.get() + 1);
                done < 3
            };
            let work = |i: usize, call: Call<'_>| {
                if i < 3 {
                    return Ok(i);
                }
                loop {
                    sleep(Duration::from_millis(1));
                    call.checkpoint(0, 1)?;
                }
            };
            let outcomes = run(100, &Call::new(&limits, Some(&follow)), true, &work).expect("memory");
            assert!(asked.get() >= 3);
            assert!(outcomes.iter().filter(|o| o.is_none()).count() > 90, "most were never started");
            let kinds: Vec<Kind> = outcomes.iter().flatten().filter_map(|r| r.as_ref().err()).map(Error::kind).collect();
            assert!(kinds.iter().all(|kind| *kind == Kind::Cancelled));
        }
    }

    #[test]
    fn a_long_item_does_not_keep_the_caller_from_being_asked() {
        let limits = limits(2);
        let asked = Cell::new(0);
        let follow = |_, _| {
            asked.set(asked.get() + 1);
            true
        };
        let work = |_, _: Call<'_>| {
            sleep(Duration::from_millis(200));
            Ok(0)
        };
        run(2, &Call::new(&limits, Some(&follow)), true, &work).expect("memory");
        assert!(asked.get() >= 4, "asked {} times", asked.get());
    }
}
