import Roost

// Empty, for nothing of the desk runs by the clock. `.cron("0 3 * * *", run: …)` goes here.
let reportSchedules: [Schedule] = []
