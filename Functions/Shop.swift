import Roost

/// The sample app: an order desk.
@main struct Shop: FunctionApp {
    let functions: [any Registered] = [
        hello, sendReceipt,
    ]
    let triggers = orderTriggers
    let schedules = reportSchedules
}
