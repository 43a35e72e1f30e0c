// What a dashboard may be, as JSON, by the types of @grafana/schema: grafana_test.py appends the boards as literals
// of these types, and the compiler says what Grafana would not understand.
import type {
  AnnotationQuery, Dashboard, DataQuery, Panel, RowPanel, VariableModel,
} from '@grafana/schema';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as timeline from
  '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as timeseries from
  '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// A value of an enum stands in JSON as its text or number.
type Json<T> =
  T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer Number extends number}` ? Number : T)
  : T extends boolean | null | undefined ? T
  : T extends (infer Item)[] ? Json<Item>[]
  : T extends object ? { [Key in keyof T]: Json<T[Key]> }
  : T;

// Grafana fills in what a panel leaves out.
type Sparse<T> = T extends (infer Item)[] ? Sparse<Item>[] : T extends object ? { [Key in keyof T]?: Sparse<T[Key]> } : T;

// A query of the data source for Prometheus, of which the package has no types.
interface PromQuery extends DataQuery {
  expr: string;
  editorMode: 'code' | 'builder';
  legendFormat: string;
  range: boolean;
  instant?: boolean;
  exemplar?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
}

interface PromAnnotation extends Omit<AnnotationQuery, 'target'> {
  expr: string;
  titleFormat: string;
  textFormat: string;
  step: string;
  useValueForTime?: boolean;
}

type Defaults<Custom> = Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom' | 'mappings'> & {
  custom: Sparse<Custom>;
  mappings: { type: 'value'; options: Record<string, { text?: string; color: string; index: number }> }[];
  links?: { title: string; url: string; targetBlank: boolean }[];
};

type Known<Kind extends string, Options, Custom> = Json<
  Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & {
    type: Kind;
    title: string;
    description: string;
    options: Sparse<Options>;
    fieldConfig: Omit<NonNullable<Panel['fieldConfig']>, 'defaults'> & { defaults: Defaults<Custom> };
    targets: PromQuery[];
  }
>;

type Panels = {
  row: Json<RowPanel>;
  stat: Known<'stat', stat.Options, object>;
  table: Known<'table', table.Options, table.FieldConfig>;
  timeseries: Known<'timeseries', timeseries.Options, timeseries.FieldConfig>;
  'state-timeline': Known<'state-timeline', timeline.Options, timeline.FieldConfig>;
};

type Board = Json<Omit<Dashboard, 'panels' | 'annotations' | 'templating'>> & {
  id: null;
  annotations: { list: Json<PromAnnotation>[] };
  templating: { list: Json<VariableModel & { definition?: string; refresh: number; multi: boolean }>[] };
};
