#include "diagnose.h"
#include "rulebase.h"
#include "rules_tables.h"	/* generated */

const struct rulebase *rulebase_builtin(void)
{
	static const struct rulebase builtin = {
		.pool = rules_pool,
		.condition = rules_conditions,
		.advice = rules_advices,
		.symptom = rules_symptoms,
		.cause = rules_causes,
		.measure = rules_measures,
		.conditions = ARRAY_LEN(rules_conditions),
		.advices = ARRAY_LEN(rules_advices),
		.symptoms = ARRAY_LEN(rules_symptoms),
		.causes = ARRAY_LEN(rules_causes),
		.measures = ARRAY_LEN(rules_measures),
		.catalogue = &catalogue_builtin,
	};

	return &builtin;
}
