import Roost

// Nothing runs by the clock yet: schedules are declared here once the host fires them.
let reportSchedules: [Schedule] = []
