import Roost

let reportSchedules: [Schedule] = [
    .cron("0 3 * * *", zone: "Europe/Berlin", run: nightlyReport)
]
