-- Thresholds that customers choose within the operator's bounds (docs/decisions/0090).

ALTER TABLE recognition ADD bounds double precision[] NOT NULL DEFAULT '{}';
ALTER TABLE recognition ADD CONSTRAINT recognition_bounds CHECK (bounds = '{}' OR (array_ndims(bounds) = 1
    AND cardinality(bounds) = 2 AND array_position(bounds, NULL) IS NULL
    AND bounds[1] >= 0 AND bounds[2] <= 2 AND threshold BETWEEN bounds[1] AND bounds[2]));
