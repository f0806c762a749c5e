import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// `POST /v1/topics/{topic}/messages`: one message, or many in one commit.
extension AdminAPI {
    func publish(_ exchange: HTTPExchange, topic: String) {
        do throws(AdminError) {
            if let error = NameRule.topic.error(for: topic) { throw .badName("\(error)") }
            guard parts.dispatcher.isAccepting else { throw .refused(.diskFull, recorded: 0) }
            if exchange.body.count > Self.scannedOnLoopBytesMax {
                return publishLong(exchange, topic)
            }
            publish(
                try OrderBody<MessageOrder>(exchange.body, limits: parts.limits), exchange, topic)
        } catch {
            refuse(exchange, error)
        }
    }

    private func publishLong(_ exchange: HTTPExchange, _ topic: String) {
        let body = exchange.body
        let limits = parts.limits
        later(exchange) { [self] in
            let orders = try await offLoop { try OrderBody<MessageOrder>(body, limits: limits) }
            publish(orders, exchange, topic)
        }
    }

    private func publish(
        _ orders: OrderBody<MessageOrder>, _ exchange: HTTPExchange, _ topic: String
    ) {
        let origin = Origin(now: parts.clock(), tracedBy: exchange.head)
        switch orders {
        case .one(let order):
            parts.dispatcher.record(record(order, topic, origin)) { [self] answer in
                switch answer {
                case .recorded(let recorded): published(recorded, exchange)
                case .refused(let refusal):
                    refuse(exchange, AdminError.refused(refusal, recorded: 0))
                default: preconditionFailure("a record is recorded or refused")
                }
            }
        case .many(let orders):
            let records = orders.map { record($0, topic, origin) }
            RecordedBatch(records.count, exchange, self).submit(records, to: parts.dispatcher)
        }
    }

    private func record(_ order: MessageOrder, _ topic: String, _ origin: Origin) -> Record {
        let message = NewMessage(
            topic: topic, data: order.data, attributes: order.attributes,
            orderingKey: order.orderingKey)
        let key = order.key.map {
            Record.Key(
                trigger: "topic/\(topic)", key: $0, expiresAt: origin.now + parts.limits.keysKept)
        }
        return message.record(origin, key: key, parts.dispatcher.registry.triggers)
    }

    private func published(_ recorded: Recorded, _ exchange: HTTPExchange) {
        var json = JSONWriter()
        json.object {
            $0.member("id", recorded.event.description)
            $0.member("duplicate", recorded.isDuplicate)
        }
        var fields = AdminReply.json
        let location = Array("/v1/events/\(recorded.event)".utf8)
        location.withUnsafeBytes { fields.appendKnown("Location", $0) }
        exchange.respond(202, fields, body: json.bytes)
    }
}
