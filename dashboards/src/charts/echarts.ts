// The parts of ECharts that the pages use, and no more: the whole library is four times the size.
import {BarChart, LineChart, type BarSeriesOption, type LineSeriesOption} from 'echarts/charts'
import {
	DataZoomInsideComponent,
	GridComponent,
	MarkAreaComponent,
	MarkLineComponent,
	TooltipComponent,
	type DataZoomComponentOption,
	type GridComponentOption,
	type MarkAreaComponentOption,
	type MarkLineComponentOption,
	type TooltipComponentOption,
} from 'echarts/components'
import {init, use, type ComposeOption} from 'echarts/core'
import {SVGRenderer} from 'echarts/renderers'

use([BarChart, LineChart, DataZoomInsideComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer])

export {init}
export type ECharts = ReturnType<typeof init>
export type Option = ComposeOption<
	| BarSeriesOption
	| LineSeriesOption
	| DataZoomComponentOption
	| GridComponentOption
	| MarkAreaComponentOption
	| MarkLineComponentOption
	| TooltipComponentOption
>
