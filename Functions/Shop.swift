import Roost

/// The sample app: an order desk.
@main struct Shop: FunctionApp {
    let functions: [any Registered] = [
        hello, createOrder, showOrder, reserveStock, refillStock, takeStock, sendReceipt,
        receivePush, importCatalogue, watchDesk, confirmOrder, auditOrder, importOrders,
        nightlyReport,
        noteReport,
    ]
    let triggers = httpTriggers + orderTriggers
    let schedules = reportSchedules
}
