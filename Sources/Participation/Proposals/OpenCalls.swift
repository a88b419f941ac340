import Postgres

extension ProposalCalls {
    /// The processes in which residents may propose something today.
    ///
    /// Where phases overlap, the one that began last decides, as in ``rule(of:)``.
    public func open() async throws -> Set<ID<Process>> {
        let rows: [Row] = try await pool.query(
            "call.open",
            """
            SELECT process_id FROM (
                SELECT DISTINCT ON (phase.process_id) phase.process_id, proposal_rule.may_write
                FROM phase
                JOIN proposal_rule
                  ON proposal_rule.process_id = phase.process_id AND proposal_rule.phase_kind = phase.kind
                WHERE (clock_timestamp() AT TIME ZONE \(zone))::date BETWEEN phase.starts_on AND phase.ends_on
                ORDER BY phase.process_id, phase.starts_on DESC, phase.ends_on, phase.id
            ) AS today
            WHERE may_write
            """)
        return Set(try rows.map { ID(try $0.get("process_id")) })
    }
}
