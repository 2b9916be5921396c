# Writes the workbooks of this folder with openpyxl; README.md says how LibreOffice made the other files of them.
import datetime as dt
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
HEAD = ["Bắt đầu ca", "Kết thúc ca", "Máy", "Mã sản phẩm", "Lệnh sản xuất", "Tổng sản lượng", "Đạt", "Phế phẩm", "Làm lại",
        "Số công nhân", "Giờ công", "Giờ làm việc", "Điện (kWh)", "Nguyên liệu (kg)", "Thành phẩm (kg)", "Tỷ lệ dữ liệu đầy đủ", "Ghi chú"]
def day(d, h, m=0): return dt.datetime(2026, 3, d, h, m)
ROWS = [
    [day(2, 6), day(2, 14), "may-ep-1", "GACH-10", "LSX-031", 6250, 6080, 170, 40, 10, 80, 76.5, 412.5, 18750.25, 18240, 0.98, "thay khuôn lúc 9 giờ"],
    [day(2, 14), day(2, 22, 20), "may-ep-1", "GACH-10", "LSX-031", 5900, None, None, None, 9, 72, None, 398.75, None, None, 1, None],
    [day(2, 22, 20), day(3, 6), "may-ep-1", 101, None, 0, 0, 0, None, None, None, None, None, None, None, None, "mất điện, \"cúp\" từ 23 giờ\nđến sáng"],
]
def book(epoch=None):
    wb = Workbook()
    if epoch: wb.epoch = epoch
    return wb, wb.active
def log(ws):
    ws.append(["NHẬT KÝ CA SẢN XUẤT"]); ws.append(["Đơn vị: Cơ sở gạch Hữu Lũng"]); ws.append([])
    ws.append(HEAD)
    for r in ROWS: ws.append(r)
    ws.append(["Tổng cộng"] + [None]*4 + [sum(r[5] for r in ROWS)])
    for row in ws.iter_rows(min_row=5, max_row=8):
        for c in row:
            if isinstance(c.value, dt.datetime): c.number_format = "dd/mm/yyyy hh:mm"
        row[15].number_format = "0%"
wb, ws = book(); log(ws); ws.title = "Tháng 3"; wb.save("openpyxl.xlsx")
wb, ws = book(CALENDAR_MAC_1904); log(ws); wb.save("openpyxl-1904.xlsx")
wb, ws = book(); ws.title = "Bìa"; ws.append(["Nhật ký"])
ws = wb.create_sheet("Ca"); ws.append(["shift_start", "shift_end", "machine", "product", "produced", "good", "energy_kwh", "STT"])
ws.append([day(2, 6), day(2, 14), "m1", dt.datetime(2026, 4, 3), 100, "=E2-3", dt.datetime(2026, 5, 1), 1])
ws.append([day(2, 14), day(2, 22), "m1", "A", "1.234", "abc", "1,234", 2])
ws.append([day(2, 22), day(3, 6), "m2", "A", 99.5, -4, 12, 3])
ws.append([day(3, 6), day(3, 14), None, "A", 100, 90, 12, 4])
ws.append([day(2, 22), day(2, 23), "m3", 12345678901234567890, True, 1, "#DIV/0!", 5])
ws["G6"].data_type = "e"
ws.merge_cells("C4:C5")
ws = wb.create_sheet("Ca 2"); ws.append(["shift_start", "shift_end"])
wb.save("openpyxl-bad.xlsx")
ROWS.append([day(16, 6), day(16, 14), "may-ep-1", "GACH-10", None, 6000] + [None]*11)
wb, ws = book(); log(ws); wb.save("month-first.xlsx")
