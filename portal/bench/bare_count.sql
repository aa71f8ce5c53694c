-- Every percentage of every village and commune as of one day, as one statement.
-- The baseline of `make bench`: what counting costs without a framework.
WITH unit AS (
    SELECT v.id AS village_id, v.commune_id FROM villages_village v
), adult AS MATERIALIZED (
    SELECT r.id, p.village_id
    FROM households_resident r
    JOIN households_residency s ON s.resident_id = r.id
        AND s.from_on <= %(day)s AND (s.to_on IS NULL OR s.to_on >= %(day)s)
    JOIN households_householdplace p ON p.household_id = s.household_id
        AND p.from_on <= %(day)s AND (p.to_on IS NULL OR p.to_on >= %(day)s)
    WHERE r.birth_year <= EXTRACT(YEAR FROM %(day)s::date) - 18
), required AS (
    SELECT id FROM households_skill
    WHERE required_from_on <= %(day)s AND (required_to_on IS NULL OR required_to_on >= %(day)s)
), able AS (
    SELECT resident_id FROM (
        SELECT c.resident_id, c.skill_id
        FROM households_skillcheck c
        WHERE c.happened_on <= %(day)s AND c.skill_id IN (SELECT id FROM required)
        GROUP BY c.resident_id, c.skill_id
        HAVING MAX(c.happened_on) = MAX(c.happened_on) FILTER (WHERE c.outcome = 'alone')
    ) shown
    GROUP BY resident_id HAVING COUNT(*) = (SELECT COUNT(*) FROM required)
), met AS (
    SELECT DISTINCT resident_id FROM households_personmet WHERE happened_on <= %(day)s
), seen AS (
    SELECT DISTINCT resident_id FROM households_confirmation WHERE seen_on <= %(day)s
), standing AS (
    SELECT p.household_id, p.village_id FROM households_householdplace p
    WHERE p.from_on <= %(day)s AND (p.to_on IS NULL OR p.to_on >= %(day)s)
), visited AS (
    SELECT DISTINCT household_id FROM households_encounter
    WHERE occasion = 'home_visit' AND voided_at IS NULL AND held_on <= %(day)s
), equipped AS (
    SELECT household_id FROM households_householdobservation
    WHERE observed_on <= %(day)s AND smart_device IS NOT NULL
    GROUP BY household_id
    HAVING MAX(observed_on) = MAX(observed_on) FILTER (WHERE smart_device)
), asked AS (
    SELECT r.course_id, r."group", c.valid_months
    FROM training_courserequirement r JOIN training_course c ON c.id = r.course_id
    WHERE r.from_on <= %(day)s AND (r.to_on IS NULL OR r.to_on >= %(day)s)
), gone_on AS (
    SELECT DISTINCT ON (former_id) former_id, successor_id FROM villages_villagechange
    WHERE kind <> 'split' AND effective_on <= %(day)s
    ORDER BY former_id, effective_on DESC, id DESC
), by_village AS (
    SELECT 'adults' AS indicator, u.commune_id, u.village_id,
        COUNT(able.resident_id) AS numerator, COUNT(*) AS denominator
    FROM adult a JOIN unit u USING (village_id) LEFT JOIN able ON able.resident_id = a.id
    GROUP BY 2, 3
    UNION ALL
    SELECT 'adults_reached', u.commune_id, u.village_id, COUNT(met.resident_id), COUNT(*)
    FROM adult a JOIN unit u USING (village_id) LEFT JOIN met ON met.resident_id = a.id
    GROUP BY 2, 3
    UNION ALL
    SELECT 'adults_confirmed', u.commune_id, u.village_id, COUNT(seen.resident_id), COUNT(*)
    FROM adult a JOIN unit u USING (village_id) LEFT JOIN seen ON seen.resident_id = a.id
    GROUP BY 2, 3
    UNION ALL
    SELECT 'households_visited', u.commune_id, u.village_id, COUNT(v.household_id), COUNT(*)
    FROM standing s JOIN unit u USING (village_id)
    LEFT JOIN visited v ON v.household_id = s.household_id
    GROUP BY 2, 3
    UNION ALL
    SELECT 'smart_devices', u.commune_id, u.village_id, COUNT(e.household_id), COUNT(*)
    FROM standing s JOIN unit u USING (village_id)
    LEFT JOIN equipped e ON e.household_id = s.household_id
    GROUP BY 2, 3
    UNION ALL
    SELECT 'officials', g.commune_id, COALESCE(n.successor_id, g.village_id),
        COUNT(*) FILTER (WHERE EXISTS (
            SELECT 1 FROM asked q
            WHERE q."group" IN ('everybody', m.category)
                OR (q."group" = 'party_member' AND m.is_party_member)
        ) AND NOT EXISTS (
            SELECT 1 FROM asked q
            WHERE (q."group" IN ('everybody', m.category)
                    OR (q."group" = 'party_member' AND m.is_party_member))
                AND NOT EXISTS (
                    SELECT 1 FROM training_completion d
                    WHERE d.staff_member_id = m.id AND d.course_id = q.course_id
                        AND d.completed_on <= %(day)s
                        AND (q.valid_months IS NULL
                            OR d.completed_on + make_interval(months => q.valid_months)
                                >= %(day)s)))),
        COUNT(*)
    FROM training_employment e JOIN training_agency g ON g.id = e.agency_id
    JOIN training_staffmember m ON m.id = e.staff_member_id
    LEFT JOIN gone_on n ON n.former_id = g.village_id
    WHERE e.from_on <= %(day)s AND (e.to_on IS NULL OR e.to_on >= %(day)s)
    GROUP BY 2, 3
    UNION ALL
    SELECT 'students', s.commune_id, COALESCE(n.successor_id, s.village_id), SUM(r.equipped), SUM(r.enrolled)
    FROM (
        SELECT DISTINCT ON (school_class_id) * FROM training_classroll
        WHERE counted_on <= %(day)s ORDER BY school_class_id, counted_on DESC
    ) r
    JOIN training_schoolclass c ON c.id = r.school_class_id
    JOIN training_schoolyear y ON y.id = c.school_year_id
        AND y.starts_on <= %(day)s AND y.ends_on >= %(day)s
    JOIN training_school s ON s.id = c.school_id
    LEFT JOIN gone_on n ON n.former_id = s.village_id
    GROUP BY 2, 3
    UNION ALL
    SELECT 'enterprise_workers', e.commune_id, COALESCE(n.successor_id, e.village_id),
        SUM(d.equipped), SUM(d.workers)
    FROM (
        SELECT DISTINCT ON (enterprise_id) * FROM training_workerdeclaration
        WHERE declared_on <= %(day)s ORDER BY enterprise_id, declared_on DESC
    ) d
    JOIN training_enterprise e ON e.id = d.enterprise_id
    LEFT JOIN gone_on n ON n.former_id = e.village_id
    GROUP BY 2, 3
)
SELECT indicator, commune_id, village_id,
    SUM(numerator)::bigint AS numerator, SUM(denominator)::bigint AS denominator
FROM by_village
GROUP BY GROUPING SETS ((indicator, commune_id, village_id), (indicator, commune_id))
HAVING village_id IS NOT NULL OR GROUPING(village_id) = 1
