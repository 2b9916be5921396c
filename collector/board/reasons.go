package board

import (
	"maps"
	"slices"

	"github.com/lineproof/lineproof/record"
)

// ReasonGroup is the first level of a line's tree of reasons for stops.
type ReasonGroup struct {
	ID      string       `json:"id"`
	Name    record.Names `json:"name" doc:"by language: vi, en"`
	Reasons []Reason     `json:"reasons" nullable:"false"`
}

// Reason is one reason for a stop.
type Reason struct {
	ID   string       `json:"id" doc:"GROUP/REASON"`
	Name record.Names `json:"name" doc:"by language: vi, en"`
}

// usual is the tree of a line that has none of its own. unobserved is part of every tree: it explains why nobody
// looked, which stays unobserved.
func usual() map[string]record.ReasonGroup {
	return map[string]record.ReasonGroup{
		"breakdown": group("Hỏng máy", "Breakdown", "mechanical", "Cơ khí", "Mechanical", "electrical", "Điện, điều khiển", "Electrical, control",
			"hydraulic", "Thủy lực, khí nén", "Hydraulic, pneumatic"),
		"setup":    group("Chuẩn bị", "Set-up", "changeover", "Đổi mã hàng", "Changeover", "adjustment", "Căn chỉnh", "Adjustment", "warm-up", "Khởi động đầu ca", "Warm-up"),
		"material": group("Nguyên liệu", "Material", "missing", "Thiếu nguyên liệu", "Missing", "bad", "Nguyên liệu không đạt", "Bad"),
		"people":   group("Nhân lực", "People", "missing", "Thiếu người", "Missing", "meeting", "Họp, đào tạo", "Meeting, training"),
		"planned":  group("Có kế hoạch", "Planned", "maintenance", "Bảo dưỡng", "Maintenance", "cleaning", "Vệ sinh", "Cleaning", "no-order", "Không có lệnh sản xuất", "No order"),
		"outside":  group("Bên ngoài", "Outside", "power-cut", "Mất điện", "Power cut", "downstream", "Công đoạn sau đầy", "Next station full"),
	}
}

func unobservedReasons() record.ReasonGroup {
	return group("Không có người hay máy quan sát", "Unobserved", "power-cut", "Mất điện", "Power cut", "gateway-moved", "Chuyển chỗ bộ thu thập", "Gateway moved",
		"network", "Đứt mạng máy", "Machine's network cut", "service", "Bảo trì bộ thu thập", "Gateway serviced")
}

// group makes one from its names and its reasons' ids and names: id, vi, en.
func group(vi, en string, reasons ...string) record.ReasonGroup {
	g := record.ReasonGroup{Name: record.Names{"vi": vi, "en": en}, Reasons: map[string]record.Reason{}}
	for each := range slices.Chunk(reasons, 3) {
		g.Reasons[each[0]] = record.Reason{Name: record.Names{"vi": each[1], "en": each[2]}}
	}
	return g
}

// Reasons gives a line's tree, by id.
func (b *Board) Reasons(line string) ([]ReasonGroup, error) {
	b.mu.RLock()
	p, err := b.place(line)
	b.mu.RUnlock()
	if err != nil {
		return nil, err
	}
	return p.reasons(), nil
}

func (p place) reasons() (all []ReasonGroup) {
	tree := maps.Clone(p.model.Reasons)
	if len(tree) == 0 {
		tree = usual()
	}
	if _, ok := tree[unobservedGroup]; !ok {
		tree[unobservedGroup] = unobservedReasons()
	}
	for _, id := range slices.Sorted(maps.Keys(tree)) {
		g := ReasonGroup{ID: id, Name: tree[id].Name}
		for _, reason := range slices.Sorted(maps.Keys(tree[id].Reasons)) {
			g.Reasons = append(g.Reasons, Reason{ID: id + "/" + reason, Name: tree[id].Reasons[reason].Name})
		}
		all = append(all, g)
	}
	return all
}

const unobservedGroup = "unobserved"

// lists tells whether the tree has a reason.
func (p place) lists(reason string) bool {
	return slices.ContainsFunc(p.reasons(), func(g ReasonGroup) bool {
		return slices.ContainsFunc(g.Reasons, func(r Reason) bool { return r.ID == reason })
	})
}
