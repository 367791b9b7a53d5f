"""Every value of the law's book, written down a second time from the sources it cites.

A line a value: what it holds for, the value, its status (o official, s secondary, d derived,
a assumed) and, where the law itself rules it, the clause. Sources: the Measures (沪府令20号), the
2025 notice (沪环气候〔2024〕254号), the action plan (沪府办发〔2025〕16号), the carbon-inclusive
measures of 2023, and the texts named in the book for the years before. Tables stand in
``test_tables.py``.
"""

from __future__ import annotations

GOLDEN: dict[str, str] = {
    # Surrender
    "compliance.allowance_tonnes": "2013..2028 1 o",
    "compliance.surrender_deadline": """
        2013 2014-06-30 o | 2014 2015-06-30 o | 2015 2016-06-30 o
        | 2019 2020-10-30T17:00:00+08:00 o | 2020 2021-09-30T17:00:00+08:00 o
        | 2021 2022-12-30T17:00:00+08:00 o | 2022 2023-11-30T17:00:00+08:00 a
        | 2023 2024-09-30T17:00:00+08:00 a | 2024 2025-06-30T17:00:00+08:00 o N4.1
        | 2025 2026-06-30T17:00:00+08:00 a | 2026 2027-06-30T17:00:00+08:00 a
        | 2027 2028-06-30T17:00:00+08:00 a | 2028 2029-06-30T17:00:00+08:00 a""",
    "compliance.offset_share_max": """
        2013..2015 0.05 s | 2016 0.01 s | 2017..2018 0.01 a | 2019..2021 0.03 a | 2022 0.05 a
        | 2023 0.05 s | 2024 0.05 o N4.2 | 2025..2028 0.05 a""",
    "compliance.offset_base": """
        2013..2015 allocated s | 2016..2022 allocated a | 2023 determined s
        | 2024 determined o N4.2 | 2025..2028 determined a""",
    "compliance.offset_instruments": """
        2013..2015 ccer s | 2016..2022 ccer a | 2023 ccer, reduction s
        | 2024 ccer, reduction o N4.2 | 2025..2028 ccer, reduction a""",
    "compliance.reduction_classes": "2023-11-01/2025-10-31 I o P29.2 | 2025-11-01/.. I a",
    "compliance.certificate_due": """
        2023 2024-09-25 a | 2024 2025-06-25 o N4.3 | 2025 2026-06-25 a | 2026 2027-06-25 a
        | 2027 2028-06-25 a | 2028 2029-06-25 a""",
    "compliance.own_boundary_excluded": """
        2013-11-18/2025-03-31 yes s | 2025-04-01/.. yes o M21.2""",
    "compliance.vintages": "2013..2015 same_or_earlier o | 2016..2028 same_or_earlier a",
    "compliance.beyond_due": "2013..2028 refused a M21.1",
    "compliance.undetermined_at_closing": "2013..2028 wait d M18.1",
    "compliance.surrender_in_bulk": "2013..2028 no d M21.1",
    "compliance.vintage_order": "2013..2028 oldest_first a",
    "compliance.carry_over": """
        2013..2014 all o | 2015 none o | 2016..2024 all a | 2025..2028 all a M21.3""",
    "compliance.mover_years": "2023..2025 3 a | 2026..2028 3 o A5.2",
    "compliance.restricted_carry_over": "2023..2028 no d",
    # Fines
    "penalties.plan_report_records": "2025-04-01/.. 50000..300000 o M42.1",
    "penalties.false_report": "2025-04-01/.. 100000..300000 o M42.2",
    "penalties.false_report_person": "2025-04-01/.. 50000..100000 o M42.2",
    "penalties.surrender": "2025-04-01/.. 200000..300000 o M42.3",
    "penalties.agency": "2025-04-01/.. 200000..300000 o M43",
    "penalties.agency_person": "2025-04-01/.. 20000..200000 o M43",
    "penalties.barred_trading_person": "2025-04-01/.. 50000..300000 o M44",
    "penalties.manipulation": "2025-04-01/.. 200000..300000 o M45",
    "penalties.manipulation_person": "2025-04-01/.. 50000..200000 o M45",
    "penalties.discretionary": "2025-04-01/.. barred_trading o M44",
    "penalties.gains_confiscated": "2025-04-01/.. yes o M46.1",
    # Carbon-inclusive programme
    "inclusive.objects": """
        2023-11-01/2025-10-31 methodology, project, scenario o P5.1
        | 2025-11-01/.. methodology, project, scenario, behaviour_scenario o""",
    "inclusive.double_claim_registers": """
        2023-11-01/2025-10-31 local_allowances o P17.1
        | 2025-11-01/.. local_allowances, national_allowances, national_reductions o""",
    "inclusive.publicity_working_days": "2023-11-01/2025-10-31 5 o P19 | 2025-11-01/.. 5 a",
    "inclusive.points_from": "2023-11-01/2025-10-31 scenario o P27 | 2025-11-01/.. scenario a",
    "inclusive.points_holder": """
        2023-11-01/2025-10-31 person o P27 | 2025-11-01/.. person o M29.1""",
    # Registry
    "registry.account_opening_due": """
        2023 2024-03-31 a | 2024 2025-03-31 o N6 | 2025 2026-03-31 a | 2026 2027-03-31 a
        | 2027 2028-03-31 a | 2028 2029-03-31 a""",
    "registry.account_prefix": "2023-01-01/.. SH a",
    "registry.account_digits": "2023-01-01/.. 8 a",
    "registry.account_check": "2023-01-01/.. MOD 97-10 a",
    "registry.persons_per_movement": "2023-01-01/.. 2 a",
    "registry.trusted_list_working_days": "2023-01-01/.. 4 a",
    "registry.trusted_list_time": "2023-01-01/.. 12:00:00 a",
    "registry.transfer_rule": "2023-01-01/.. noon a",
    "registry.transfer_window": "2023-01-01/.. 10:00:00..16:00:00 a",
    "registry.transfer_noon": "2023-01-01/.. 12:00:00 a",
    "registry.transfer_days_before_noon": "2023-01-01/.. 1 a",
    "registry.transfer_days_from_noon": "2023-01-01/.. 2 a",
    "registry.transfer_minutes": "",
    "registry.no_delay": "2023-01-01/.. surrender, cancel_voluntarily, bureau_act a",
    "registry.transfer_ceiling": "2023-01-01/.. 2000000 a",
    "registry.may_stop_transfer": "2023-01-01/.. holder, registry_agency, bureau a",
    "registry.reversal_days": "2023-01-01/.. 14 a",
    "registry.reversals": "2023-01-01/.. 1 a",
    "registry.sign_in_attempts": "2023-01-01/.. 5 a",
    "registry.idle_minutes": "2023-01-01/.. 15 a",
    "registry.take_back_as_debt": "2023-01-01/.. yes a M13",
    "registry.provisional_issue": "2024-12-18/.. yes d N5",
    "registry.forced_surrender": "2023-01-01/.. no a",
    # Coverage
    "coverage.gases": "2013..2025 CO2 o | 2026..2028 CO2 a A2.3",
    "coverage.sectors": """
        2023 industry, aviation, water_transport, data_centre, road_freight, buildings, ports,
        airports o
        | 2024..2025 industry, aviation, water_transport, data_centre, road_freight, buildings,
        ports, airports a
        | 2026..2027 industry, energy_intensive_industry, aviation, water_transport, data_centre,
        road_freight, buildings, ports, airports o A2.1
        | 2028 industry, energy_intensive_industry, aviation, water_transport, data_centre,
        road_freight, buildings, ports, airports, public_institution o A2.2""",
    "coverage.threshold.industry": """
        2013..2015 tCO2e >= 20000 a | 2023 tCO2e >= 20000 or tce >= 10000 o
        | 2024..2028 tCO2e >= 20000 or tce >= 10000 a""",
    "coverage.threshold.energy_intensive_industry": """
        2023 tCO2e >= 20000 or tce >= 10000 o | 2024..2025 tCO2e >= 20000 or tce >= 10000 a
        | 2026..2028 tCO2e >= 10000 o A2.1""",
    "coverage.threshold.aviation": """
        2023 tCO2e >= 20000 or tce >= 10000 o | 2024..2028 tCO2e >= 20000 or tce >= 10000 a""",
    "coverage.threshold.water_transport": """
        2023 tCO2e >= 100000 or tce >= 50000 o | 2024..2025 tCO2e >= 100000 or tce >= 50000 a
        | 2026..2028 tCO2e >= 80000 o A2.1""",
    "coverage.threshold.data_centre": """
        2023 tCO2e >= 20000 o | 2024..2025 tCO2e >= 20000 a | 2026..2028 tCO2e >= 10000 o A2.1""",
    "coverage.data_centre_counted": "2023 single_data_centre o | 2024..2028 single_data_centre a",
    "coverage.threshold.road_freight": """
        2023 tCO2e >= 10000 or tce >= 5000 o | 2024..2028 tCO2e >= 10000 or tce >= 5000 a""",
    "coverage.threshold.buildings": """
        2013..2015 tCO2e >= 10000 a | 2023 tCO2e >= 10000 or tce >= 5000 o
        | 2024..2028 tCO2e >= 10000 or tce >= 5000 a""",
    "coverage.threshold.ports": """
        2023 tCO2e >= 10000 or tce >= 5000 o | 2024..2028 tCO2e >= 10000 or tce >= 5000 a""",
    "coverage.threshold.airports": """
        2023 tCO2e >= 10000 or tce >= 5000 o | 2024..2028 tCO2e >= 10000 or tce >= 5000 a""",
    "coverage.threshold.public_institution": "2028 tCO2e >= 10000 o A2.2",
    "coverage.public_institution_obliged": "2028 no a A2.2",
    "coverage.threshold_decides": "2023 entry o | 2024..2028 entry a",
    "coverage.reporting_only_threshold": """
        2013..2024 tCO2e >= 10000 o | 2025..2028 tCO2e >= 10000 a M16.4""",
    "coverage.reporting_only_due": """
        2023 2024-03-31 o | 2024 2025-03-31 o | 2025 2026-03-31 a | 2026 2027-03-31 a
        | 2027 2028-03-31 a | 2028 2029-03-31 a""",
    "coverage.electricity_tce": "2023..2028 equivalent a",
    # Plans, reports, factors
    "mrv.plan_due": """
        2023 2023-06-30 s | 2024 2024-01-15 a | 2025 2025-01-15 o N1 | 2026 2025-12-31 o M15.1
        | 2027 2026-12-31 o M15.1 | 2028 2027-12-31 o M15.1""",
    "mrv.plan_content": """
        2013-11-18/2025-03-31 boundary, determination, frequency, persons o
        | 2025-04-01/.. boundary, determination, frequency, persons o M15.1""",
    "mrv.report_content": "2025-04-01/.. operations, emission_types, quantities o M16.1",
    "mrv.report_due": """
        2023 2024-03-31 d | 2024 2025-03-31 o N1 | 2025 2026-03-31 o M16.1
        | 2026 2027-03-31 o M16.1 | 2027 2028-03-31 o M16.1 | 2028 2029-03-31 o M16.1""",
    "mrv.paper_copies": "2022..2023 2 o | 2024 1 o N1 | 2025..2028 1 a",
    "mrv.paper_prevails": "2022..2023 yes o | 2024 no d | 2025..2028 no a",
    "mrv.factor_set": """
        2013..2020 set_2013 o | 2021 set_2022 a | 2022..2023 set_2022 o | 2024..2028 set_2022 a""",
    "mrv.base_year_factor_set": """
        2013-11-18/2022-02-10 set_2013 d | 2022-02-11/.. set_2022 o""",
    "mrv.electricity_factor": """
        2013..2020 7.88 o | 2021 4.2 a | 2022..2023 4.2 o | 2024..2028 4.2 a""",
    "mrv.heat_factor": "2013..2020 0.11 o | 2021 0.06 a | 2022..2023 0.06 o | 2024..2028 0.06 a",
    "mrv.green_power_factor": "2022..2023 0 o | 2024..2028 0 a",
    "mrv.green_power_scope": """
        2022..2023 interprovincial_settled o | 2024..2028 interprovincial_settled a""",
    "mrv.green_power_evidence": """
        2022..2023 trade_contract, settlement_basis, consumption_certificate, purchase_bill o
        | 2024..2028 trade_contract, settlement_basis, consumption_certificate, purchase_bill a""",
    "mrv.co2_mass": "2013..2028 44 s",
    "mrv.carbon_mass": "2013..2028 12 s",
    "mrv.gwp_set": "2023..2028 AR5 a",
    "mrv.non_co2_counted": "2013..2025 no o | 2026..2028 no a",
    "mrv.exported_energy_deducted": "2023..2028 no a",
    "mrv.biomass_counted": "2023..2028 no a",
    "mrv.uncertainty_changes_total": "2023..2028 no a",
    "mrv.rounding_stage": "2023..2028 total_half_up a",
    "mrv.unreported_method": "2023..2028 highest_of_latest_years a M18.1",
    "mrv.unreported_years": "2023..2028 3 a M18.1",
    "mrv.fuel_set": "2023..2028 fuels_fs1 a",
    # Verification
    "verification.window": """
        2023 2024-04-01..2024-05-31 a | 2024 2025-04-01..2025-05-31 o N2
        | 2025 2026-04-01..2026-05-31 a | 2026 2027-04-01..2027-05-31 a
        | 2027 2028-04-01..2028-05-31 a | 2028 2029-04-01..2029-05-31 a""",
    "verification.report_due": "2023 2024-04-30 o",
    "verification.approval_days": "2013-11-18/2025-03-31 30 o",
    "verification.commissioned_by": """
        2013-11-18/2025-03-31 bureau, unit o | 2025-04-01/.. bureau o M18.2""",
    "verification.reexamine_share": "2013-11-18/2025-03-31 0.10 a | 2025-04-01/.. 0.10 a M20.2",
    "verification.reexamine_tonnes": """
        2013-11-18/2025-03-31 100000 a | 2025-04-01/.. 100000 a M20.2""",
    "verification.reexamine_yearly_share": """
        2013-11-18/2025-03-31 0.20 a | 2025-04-01/.. 0.20 a M20.2""",
    "verification.reexamine_base": """
        2013-11-18/2025-03-31 reported a | 2025-04-01/.. reported a M20.2""",
    "verification.materiality": "2013-11-18/2025-03-31 0.05 a | 2025-04-01/.. 0.05 a M18.3",
    "verification.objection_reexamined": "2013-11-18/2025-03-31 yes a | 2025-04-01/.. yes o M20.1",
    "verification.retention_years": "2025-04-01/.. 5 o M16.2",
    "verification.agency_roles_apart": "2025-04-01/.. yes o M19.3",
    "verification.agency_fields": """
        2014-01-01/.. ferrous_metals, power_heat, petroleum_coking_chemicals, transport,
        buildings_other o""",
    "verification.agency_change_days": "2014-01-01/.. 20 o",
    # Allocation
    "allocation.cap": """
        2013..2015 160000000 s | 2016 155000000 s | 2018 158000000 s | 2019 158000000 a
        | 2020 105000000 o | 2021 109000000 d | 2022 100000000 o | 2023 105000000 o
        | 2024..2025 105000000 a""",
    "allocation.paid_share_max": "2025 0.08 a | 2026..2027 0.08 o A4.1",
    "allocation.pre_allocation": "2023..2024 no a | 2025 yes o N5 | 2026..2028 no a",
    "allocation.pre_allocation_share": "2025 0.80 o N5 | 2026..2028 0.80 a",
    "allocation.recovery": "2023..2028 debt_blocks_surplus a",
    "allocation.base_years": "2023..2028 3 a",
    "allocation.rounding_stage": "2023..2028 floor_direct a",
    "allocation.changed_facility": "2023..2028 case_decision a",
    "allocation.award_share": "2023 0.003..0.005 s | 2024..2028 0.003..0.005 a",
    "allocation.intensity_product_classes_max": "2016 3 s | 2023..2028 3 a",
    "allocation.capacity_rule": "2019 next_lower o | 2020..2028 next_lower a",
    "allocation.correction_applies": "2018..2020 yes o | 2022 no o | 2023..2028 no a",
    "allocation.environmental_factor": "2019..2028 1.00 a",
    "allocation.load_factor": "2019..2028 1.00 a",
    "allocation.data_centre_benchmark": "",
    "allocation.line_loss_benchmark": "",
}
