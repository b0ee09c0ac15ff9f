'''ModemManager as far as our probes ask it: a template for python-dbusmock, which has none of its own.

    dbus-run-session -- /usr/bin/python3 -m dbusmock --session --template tests/fakes/modem_manager.py

Names, types and numbers are those of ModemManager 1.20's introspection files and ModemManager-enums.h.
A test changes what it tells through PlugIn, Unplug, Set, Drop, RefuseSetup and FallWhenAsked.
'''

import dbus
from dbusmock import MOCK_IFACE, get_object

BUS_NAME = 'org.freedesktop.ModemManager1'
MAIN_OBJ = '/org/freedesktop/ModemManager1'
MAIN_IFACE = 'org.freedesktop.ModemManager1'
SYSTEM_BUS = False
IS_OBJECT_MANAGER = True

MODEM = 'org.freedesktop.ModemManager1.Modem'
MODEM_3GPP = MODEM + '.Modem3gpp'
SIGNAL = MODEM + '.Signal'

# What must never leave the board: a test searches for it.
PERSONAL = '84912345678'


def load(mock, _parameters):
    mock.may_measure = True


def registered_lte():
    modem = {
        'Sim': dbus.ObjectPath(MAIN_OBJ + '/SIM/0'),
        'Device': '/sys/devices/platform/soc/usb1/1-1/1-1.2',
        'Manufacturer': 'QUALCOMM INCORPORATED',
        'Model': 'QUECTEL Mobile Broadband Module',
        'Revision': 'EC25EFAR06A11M4G',
        'EquipmentIdentifier': '86' + PERSONAL,
        'OwnNumbers': dbus.Array(['+' + PERSONAL], signature='s'),
        'State': dbus.Int32(11),
        'StateFailedReason': dbus.UInt32(0),
        'UnlockRequired': dbus.UInt32(3),  # sim-pin2, as many modems have it at all times
        'AccessTechnologies': dbus.UInt32(1 << 14),
        'SignalQuality': dbus.Struct((dbus.UInt32(64), dbus.Boolean(True)), signature='ub'),
        'PrimaryPort': 'cdc-wdm0',
        'Ports': dbus.Array([('cdc-wdm0', dbus.UInt32(6)), ('wwan0', dbus.UInt32(2)), ('ttyUSB2', dbus.UInt32(3))],
                            signature='(su)'),
    }
    network = {
        'Imei': '86' + PERSONAL,
        'RegistrationState': dbus.UInt32(1),
        'OperatorCode': '45204',
        'OperatorName': 'Viettel',
    }
    levels = dbus.Dictionary({'rssi': -71.0, 'rsrq': -11.0, 'rsrp': -101.26, 'snr': 12.4}, signature='sv')
    nothing = dbus.Dictionary({}, signature='sv')
    signal = {'Rate': dbus.UInt32(30), 'Lte': levels, 'Nr5g': nothing, 'Umts': nothing, 'Gsm': nothing,
              'Evdo': nothing, 'Cdma': nothing}
    return {MODEM: modem, MODEM_3GPP: network, SIGNAL: signal}


@dbus.service.method(MOCK_IFACE, in_signature='u', out_signature='')
def PlugIn(self, number):
    '''A modem that is connected over LTE, and in good health.'''
    path = '%s/Modem/%d' % (MAIN_OBJ, number)
    told = registered_lte()
    self.AddObject(path, MODEM, told[MODEM], [])
    modem = get_object(path)
    modem.AddProperties(MODEM_3GPP, told[MODEM_3GPP])
    modem.AddProperties(SIGNAL, told[SIGNAL])
    # Runs inside of the modem's object; levels come when it has been asked to measure.
    modem.AddMethod(SIGNAL, 'Setup', 'u', '', '''
from dbusmock import get_object
if not get_object('/org/freedesktop/ModemManager1').may_measure:
    raise dbus.exceptions.DBusException('not authorized', name='org.freedesktop.ModemManager1.Error.Core.Unauthorized')
self.props['%s']['Rate'] = dbus.UInt32(args[0])
self.props['%s']['Lte'] = dbus.Dictionary({'rssi': -70.0, 'rsrp': -99.0}, signature='sv')
''' % (SIGNAL, SIGNAL))


@dbus.service.method(MOCK_IFACE, in_signature='u', out_signature='')
def Unplug(self, number):
    self.RemoveObject('%s/Modem/%d' % (MAIN_OBJ, number))


@dbus.service.method(MOCK_IFACE, in_signature='ussv', out_signature='')
def Set(self, number, interface, name, value):
    # pylint: disable=unused-argument
    get_object('%s/Modem/%d' % (MAIN_OBJ, number)).props[MODEM + interface][name] = value


@dbus.service.method(MOCK_IFACE, in_signature='us', out_signature='')
def Drop(self, number, interface):
    '''A modem that failed has no such interface.'''
    # pylint: disable=unused-argument
    get_object('%s/Modem/%d' % (MAIN_OBJ, number)).props.pop(MODEM + interface, None)


@dbus.service.method(MOCK_IFACE, in_signature='', out_signature='')
def RefuseSetup(self):
    self.may_measure = False


@dbus.service.method(MOCK_IFACE, in_signature='', out_signature='')
def FallWhenAsked(self):
    '''Dies in the middle of the next question.'''
    self.AddMethod('org.freedesktop.DBus.ObjectManager', 'GetManagedObjects', '', 'a{oa{sa{sv}}}',
                   'import os; os._exit(1)')
