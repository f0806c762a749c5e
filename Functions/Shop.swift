import Roost

/// The sample app: an order desk.
@main struct Shop: FunctionApp {
    let functions: [any Registered] = [
        hello, createOrder, showOrder, reserveStock, refillStock, takeStock, sendReceipt,
        receivePush, importCatalogue, watchDesk,
    ]
    let triggers = httpTriggers
    let schedules = reportSchedules
}
