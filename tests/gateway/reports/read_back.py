#!/usr/bin/python3
"""Reads a report with somebody else's code and prints what that sees, one thing a line.

read_back.py xlsx FILE      openpyxl: each cell with its type, value and number format; charts; panes; filters
read_back.py html FILE      an XML parser: each table's cells, drawings, and anything that would be fetched or run
"""

import sys
import xml.etree.ElementTree as ElementTree


def workbook(file):
    import openpyxl

    book = openpyxl.load_workbook(file)
    print("created", book.properties.created.isoformat())
    for sheet in book.worksheets:
        print("sheet", sheet.title, "frozen", sheet.freeze_panes, "filter", sheet.auto_filter.ref,
              "paper", sheet.page_setup.paperSize, "repeat", sheet.print_title_rows)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    print(f"{sheet.title}!{cell.coordinate}", cell.data_type, repr(cell.value), cell.number_format)
                    if cell.alignment.indent:
                        print(f"{sheet.title}!{cell.coordinate} set off by {cell.alignment.indent:g}")
        for number, of_row in sheet.row_dimensions.items():
            if of_row.height:
                print(f"{sheet.title} row {number} high {of_row.height:g}")
        for chart in sheet._charts:
            print("axis", chart.y_axis.number_format.formatCode, "up to", chart.y_axis.scaling.max)
            for series in chart.series:
                print("series", type(chart).__name__, series.cat.strRef.f if series.cat.strRef else series.cat.numRef.f,
                      series.val.numRef.f, series.tx.strRef.f)


def page(file):
    root = ElementTree.parse(file).getroot()
    names = [element.tag.split("}")[1] for element in root.iter()]
    print("language", root.get("lang"))
    print("svg", names.count("svg"), "script", names.count("script"), "link", names.count("link"),
          "img", names.count("img"))
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in ("src", "href", "action") or name.startswith("on"):
                print("fetches or runs", element.tag, name, value)
    html = "{http://www.w3.org/1999/xhtml}"
    for table in root.iter(html + "table"):
        for row in table.iter(html + "tr"):
            print("row", " | ".join("".join(cell.itertext()) for cell in row))
    for drawing in root.iter("{http://www.w3.org/2000/svg}svg"):
        print("drawing", drawing.get("aria-label"), " | ".join(
            "".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text")))


if __name__ == "__main__":
    {"xlsx": workbook, "html": page}[sys.argv[1]](sys.argv[2])
