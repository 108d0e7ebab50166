//! Tests of the lanes.

use rocket::tokio::sync::oneshot;

use super::*;

const LONG: Duration = Duration::from_mins(1);

fn lanes(count: u32) -> Arc<Lanes> {
    Lanes::new(count, count, Box::new(|_| {}))
}

/// Submits a job that tells on which lane it runs.
fn submit(lanes: &Arc<Lanes>, party: Party) -> (SubmittedJob, oneshot::Receiver<usize>) {
    let (tell, told) = oneshot::channel();
    let submitted = lanes.submit(
        party,
        Box::new(move |permit| {
            let _ = tell.send(permit.lane);
        }),
    );
    (submitted, told)
}

#[rocket::async_test]
async fn jobs_that_wait_run_one_after_another_and_cancelled_ones_do_not() {
    let lanes = lanes(1);
    let held = lanes.acquire_blocking(LONG).unwrap();
    let (_first, first_done) = submit(&lanes, Party::with_home(1));
    let (gone, gone_done) = submit(&lanes, Party::with_home(2));
    let (_last, last_done) = submit(&lanes, Party::OPERATOR);
    drop(gone);
    drop(held);
    assert_eq!((first_done.await, last_done.await), (Ok(0), Ok(0)));
    assert!(gone_done.await.is_err());
    assert!(lanes.acquire_blocking(LONG).is_some());
}

#[rocket::async_test]
async fn nobody_waits_longer_than_the_timeout() {
    let lanes = lanes(2);
    let held = (lanes.acquire_blocking(LONG).unwrap(), lanes.acquire_blocking(LONG).unwrap());
    assert!(lanes.acquire_blocking(Duration::ZERO).is_none());
    let (submitted, mut done) = submit(&lanes, Party::with_home(0));
    submitted.timed_out(Duration::ZERO).await;
    drop(held);
    assert!(done.try_recv().is_err());
    let free = (lanes.acquire_blocking(LONG), lanes.acquire_blocking(LONG));
    assert!(free.0.is_some() && free.1.is_some());
}

#[rocket::async_test]
async fn a_job_behind_a_long_one_finds_a_free_lane() {
    let lanes = lanes(3);
    let (ask, asked) = std::sync::mpsc::channel::<()>();
    let long = lanes.submit(
        Party::with_home(1),
        Box::new(move |_| {
            let _ = asked.recv();
        }),
    );
    let (submitted, mut done) = submit(&lanes, Party::with_home(4));
    let lane = rocket::tokio::select! {
        lane = &mut done => lane.unwrap(),
        () = submitted.timed_out(LONG) => panic!("it timed out"),
    };
    assert_eq!(lane, 2);
    drop((ask, long));
}

#[rocket::async_test]
async fn a_lane_that_does_not_come_to_rest_holds_up_no_job_of_another() {
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let ended = Mutex::new(ended);
    let rest = move |lane| {
        if lane == 0 {
            let _ = ended.lock().unwrap().recv();
        }
    };
    let lanes = Lanes::new(2, 1, Box::new(rest));
    let (go_on, goes_on) = std::sync::mpsc::channel::<()>();
    let runs = move |_: &Permit| {
        let _ = goes_on.recv();
    };
    let _first = lanes.submit(Party::with_home(0), Box::new(runs));
    let (_second, done) = submit(&lanes, Party::with_home(1));
    drop(go_on);
    let lane = time::timeout(Duration::from_secs(10), done).await;
    drop(end);
    assert_eq!(lane, Ok(Ok(1)));
}

#[rocket::async_test]
async fn a_job_that_panics_releases_its_lane() {
    let lanes = lanes(1);
    let held = lanes.acquire_blocking(LONG).unwrap();
    let _panics = lanes.submit(Party::OPERATOR, Box::new(|_| panic!("as it should")));
    let (_next, done) = submit(&lanes, Party::OPERATOR);
    drop(held);
    assert_eq!(done.await, Ok(0));
}

#[rocket::async_test]
async fn a_thread_that_waits_gets_its_permit_after_the_jobs_before_it() {
    let lanes = lanes(1);
    let held = lanes.acquire_blocking(LONG).unwrap();
    let (_first, first_done) = submit(&lanes, Party::OPERATOR);
    let waits = {
        let lanes = Arc::clone(&lanes);
        std::thread::spawn(move || lanes.acquire_blocking(LONG).is_some())
    };
    drop(held);
    assert_eq!(first_done.await, Ok(0));
    assert!(waits.join().unwrap());
}
